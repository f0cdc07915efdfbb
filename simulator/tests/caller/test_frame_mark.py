from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voice_simulator.caller.frame_mark import FrameMark, read_mark, write_mark

marks = st.builds(FrameMark, st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1))


@given(st.binary(min_size=320, max_size=320), marks)
def test_a_mark_is_read_back_and_is_inaudible(frame: bytes, mark: FrameMark) -> None:
    marked = write_mark(frame, mark)
    assert read_mark(marked) == mark
    difference = np.frombuffer(marked, "<i2").astype(int) - np.frombuffer(frame, "<i2")
    assert np.abs(difference).max() <= 1
    assert not difference[48:].any()


def test_frames_of_silence_differ_by_their_marks() -> None:
    marks = [FrameMark(call, number) for call in (0, 1, 65535) for number in (0, 1, 2**32 - 1)]
    assert len({write_mark(bytes(320), mark) for mark in marks}) == len(marks)
