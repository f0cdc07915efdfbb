from echo_engine.delay_budget import DelayBudget
from echo_engine.delay_line import DelayLine

FRAME_BYTES = 640


def line_of(length: int) -> DelayLine:
    line = DelayLine(DelayBudget())
    assert line.resize(length, FRAME_BYTES) == 0
    return line


def test_without_a_length_every_frame_goes_through() -> None:
    frames = [b"1", b"2"]
    assert line_of(0).push(frames) == frames


def test_a_frame_comes_out_when_as_many_have_followed_as_the_line_is_long() -> None:
    line = line_of(2)
    assert line.push([b"1"]) == []
    assert line.push([b"2", b"3"]) == [b"1"]
    assert line.push([b"4", b"5"]) == [b"2", b"3"]


def test_a_shorter_line_discards_the_oldest_frames_and_a_longer_one_waits() -> None:
    line = line_of(3)
    line.push([b"1", b"2", b"3"])
    assert line.resize(1, FRAME_BYTES) == 2
    assert line.push([b"4"]) == [b"3"]
    assert line.resize(2, FRAME_BYTES) == 0
    assert line.push([b"5"]) == []
    assert line.push([b"6"]) == [b"4"]


def test_to_clear_is_to_discard_what_waits() -> None:
    line = line_of(2)
    line.push([b"1", b"2"])
    assert line.clear() == 2
    assert line.push([b"3"]) == []
    assert line.waiting == 1


def test_a_line_that_the_budget_does_not_allow_stays_as_it_is() -> None:
    budget = DelayBudget(10_000)
    first, second = DelayLine(budget), DelayLine(budget)
    assert first.resize(10, FRAME_BYTES) == 0
    assert second.resize(10, FRAME_BYTES) is None
    assert second.length == 0
    assert second.push([b"1"]) == [b"1"]
    first.release()
    assert second.resize(10, FRAME_BYTES) == 0


def test_a_line_may_always_become_shorter() -> None:
    budget = DelayBudget(10_000)
    line = DelayLine(budget)
    assert line.resize(14, FRAME_BYTES) == 0
    assert line.resize(15, FRAME_BYTES) is None
    assert line.resize(3, FRAME_BYTES) == 0
    assert budget.granted_bytes == 3 * (FRAME_BYTES + 64)
    line.release()
    assert budget.granted_bytes == 0
