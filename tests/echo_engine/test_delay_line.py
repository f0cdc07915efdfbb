from echo_engine.delay_line import DelayLine


def test_without_length_frames_pass() -> None:
    assert DelayLine(0).push([b"1", b"2"]) == [b"1", b"2"]


def test_a_frame_comes_out_when_as_many_have_followed_as_the_line_is_long() -> None:
    line = DelayLine(2)
    assert line.push([b"1"]) == []
    assert line.push([b"2", b"3"]) == [b"1"]
    assert line.push([b"4", b"5", b"6", b"7"]) == [b"2", b"3", b"4", b"5"]


def test_a_shorter_line_discards_the_oldest_frames_and_a_longer_one_waits() -> None:
    line = DelayLine(3)
    line.push([b"1", b"2", b"3"])
    assert line.resize(1) == 2
    assert line.push([b"4"]) == [b"3"]
    assert line.resize(2) == 0
    assert line.waiting == 1
    assert line.push([b"5"]) == []
    assert line.push([b"6"]) == [b"4"]


def test_to_clear_is_to_discard_what_waits() -> None:
    line = DelayLine(2)
    line.push([b"1", b"2"])
    assert line.clear() == 2
    assert line.push([b"3", b"4", b"5"]) == [b"3"]
