from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_simulator.caller.frame_mark import FrameMark, write_mark
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.record.frames import Fate

SILENCE = bytes(320)
EXCUSES = (Fate.STALE, Fate.DISCARDED, Fate.LOST_AT_MOVE)


def frame(number: int, call_index: int = 7) -> bytes:
    return write_mark(SILENCE, FrameMark(call_index, number))


def corrupted(number: int) -> bytes:
    return frame(number)[:-1] + b"\x55"


def check_after_sending(count: int) -> EchoLedger:
    check = EchoLedger(7)
    for number in range(count):
        check.send(frame(number), time=number * 0.02)
    return check


def test_a_perfect_echo() -> None:
    check = check_after_sending(3)
    for number in range(3):
        check.receive(frame(number), time=number * 0.02 + 0.001)
    assert check.frames.fault == ""
    assert list(check.frames.returned_numbers) == [0, 1, 2]
    assert list(check.frames.round_trips) == pytest.approx([0.001] * 3)
    assert list(check.frames.returned_at) == pytest.approx([0.001, 0.021, 0.041])


@pytest.mark.parametrize(
    ("returned", "fault"),
    [
        ([], "4 lost"),
        ([frame(0), frame(1), frame(3)], "1 lost"),
        ([frame(0), frame(2), frame(1), frame(3)], "1 out of order"),
        ([frame(0), frame(1), corrupted(2), frame(3)], "1 corrupted"),
        ([frame(0), frame(1), frame(1), frame(2), frame(3)], "1 duplicated"),
        ([frame(0), corrupted(0), frame(1), frame(2), frame(3)], "1 duplicated"),
        ([frame(0), frame(1), frame(2), frame(3), frame(4)], "1 never sent"),
        ([frame(0), frame(1, call_index=8), frame(2), frame(3)], "1 lost, 1 never sent"),
        ([frame(0), frame(1), frame(2), bytes(320)], "1 lost, 1 never sent"),
    ],
)
def test_each_fault_is_named(returned: list[bytes], fault: str) -> None:
    check = check_after_sending(4)
    for data in returned:
        check.receive(data, time=1.0)
    assert check.frames.fault == f"of 4 frames sent: {fault}"


@given(st.permutations(range(12)))
def test_any_order_loses_nothing_and_only_the_right_order_is_faultless(order: list[int]) -> None:
    check = check_after_sending(12)
    for number in order:
        check.receive(frame(number), time=1.0)
    assert check.frames.counts["lost"] == 0
    assert (check.frames.fault == "") == (order == sorted(order))


RETURNED = st.one_of(
    st.builds(frame, st.integers(0, 12), st.integers(6, 8)),
    st.builds(corrupted, st.integers(0, 9)),
    st.binary(min_size=320, max_size=320),
)


@given(st.lists(st.one_of(RETURNED, st.sampled_from(EXCUSES), st.just("clear"))))
def test_the_books_balance_whatever_happens(happens: list[bytes | Fate | str]) -> None:
    check = EchoLedger(7)
    for number in range(10):
        check.send(frame(number), time=number * 0.02, late=number == 5)
    for each in happens:
        if isinstance(each, bytes):
            check.receive(each, time=1.0)
        elif isinstance(each, Fate):
            check.excuse(each)
        else:
            check.note_clear(1.0)
    counts = check.frames.counts
    returned = [each for each in happens if isinstance(each, bytes)]
    absent = sum(counts[name] for name in ("lost", "stale", "discarded", "lost_at_move"))
    assert counts["sent"] == counts["returned"] + counts["corrupted"] + absent
    assert len(returned) == counts["returned"] + counts["corrupted"] + counts["duplicated"] + counts["foreign"]


@given(st.integers(0, 9), st.integers(0, 319), st.integers(1, 255))
def test_no_changed_bit_goes_unseen(number: int, place: int, change: int) -> None:
    check = check_after_sending(10)
    for sent in range(10):
        data = bytearray(frame(sent))
        if sent == number:
            data[place] ^= change
        check.receive(bytes(data), time=1.0)
    assert check.frames.fault


def test_a_burst_that_left_late_may_be_dropped_with_a_clear() -> None:
    check = check_after_sending(2)
    check.receive(frame(0), time=0.03)
    for number in range(2, 6):
        check.send(frame(number), time=3.0, late=number < 4)
    check.receive(frame(1), time=3.0)
    check.note_clear(3.01)
    check.receive(frame(4), time=3.01)  # the newest of a first piece
    check.send(frame(6), time=3.02)
    check.note_clear(3.03)
    check.receive(frame(6), time=3.03)
    assert check.frames.fault == ""
    assert (check.frames.counts["stale"], check.frames.counts["returned"]) == (3, 4)
    assert check.frames.numbers(Fate.STALE) == [2, 3, 5]


def test_a_clear_excuses_nothing_that_left_in_time() -> None:
    check = check_after_sending(3)
    check.note_clear(0.06)
    assert check.frames.fault == "of 3 frames sent: 3 lost"


def test_a_clear_long_after_the_burst_excuses_nothing() -> None:
    check = EchoLedger(7)
    check.send(frame(0), time=1.0, late=True)
    check.note_clear(1.1)
    check.send(frame(1), time=2.2)
    check.note_clear(2.3)
    assert check.frames.fault == "of 2 frames sent: 1 lost"


@pytest.mark.parametrize("why", EXCUSES)
def test_a_frame_that_was_passed_by_has_no_excuse(why: Fate) -> None:
    check = check_after_sending(4)
    check.receive(frame(1), time=1.0)
    check.excuse(why)
    assert check.frames.fault == "of 4 frames sent: 1 lost"
    assert check.frames.counts[why.value] == 2


def test_an_excused_frame_may_come_back_after_all_but_only_whole() -> None:
    check = check_after_sending(3)
    check.excuse(Fate.DISCARDED)
    check.receive(frame(0), time=1.0)
    check.receive(corrupted(1), time=1.0)
    assert check.frames.fault == "of 3 frames sent: 1 corrupted"
    assert (check.frames.counts["returned"], check.frames.counts["discarded"]) == (1, 1)
    assert check.frames.numbers(Fate.CORRUPTED) == [1]


def test_frames_in_a_gap_have_numbers_but_are_not_sent() -> None:
    check = check_after_sending(2)
    check.skip()
    check.skip()
    check.send(frame(4), time=1.0)
    for number in (0, 1, 4):
        check.receive(frame(number), time=1.0)
    assert check.frames.fault == ""
    assert (check.frames.counts["sent"], check.frames.counts["in_gap"]) == (3, 2)
    assert check.frames.numbers(Fate.IN_GAP) == [2, 3]


def test_silence_is_no_part_of_the_books() -> None:
    check = check_after_sending(2)
    marks = [check.send_silence() for _ in range(3)]
    assert [mark.number for mark in marks] == [2, 3, 4]
    check.receive(frame(0), time=1.0)
    assert not check.silence_returned
    assert check.receive(frame(2), time=1.0) is None
    assert check.silence_returned
    check.receive(frame(5), time=1.0)
    assert check.frames.fault == "of 2 frames sent: 1 lost, 1 never sent"


def test_a_frame_tells_when_it_was_sent_only_once() -> None:
    check = check_after_sending(2)
    assert check.receive(frame(1), time=1.0) == 0.02
    assert check.receive(frame(1), time=1.0) is None
    assert check.receive(corrupted(0), time=1.0) is None


def test_what_is_forgotten_stays_counted() -> None:
    check = check_after_sending(6)
    check.receive(frame(1), time=0.1)
    check.excuse(Fate.LOST_AT_MOVE)
    counts = check.frames.counts
    assert check.frames_overtaken == 1
    check.forget(before=0.07)  # the frames 0 to 3
    assert check.frames.counts == counts
    assert check.frames_overtaken == check.frames.counts["lost"] == 1
    check.receive(frame(0), time=80.0)
    assert check.frames.duplicated == 1


def test_a_frame_on_its_way_is_not_overtaken() -> None:
    check = check_after_sending(3)
    check.receive(frame(1), time=0.1)
    assert (check.frames.counts["lost"], check.frames_overtaken) == (2, 1)
