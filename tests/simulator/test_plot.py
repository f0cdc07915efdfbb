from __future__ import annotations

from pathlib import Path

import pytest

from shared.audio import AudioFormat
from simulator.call_result import CallResult
from simulator.echo_check import EchoCheck
from simulator.frame_mark import FrameMark, write_mark
from simulator.plot import plot_call
from simulator.stall import Stall


@pytest.mark.parametrize("lost", [0, 3])
def test_a_picture_is_drawn_with_or_without_losses(lost: int, tmp_path: Path) -> None:
    speech = [bytes(320), b"\x11" * 320]
    check, audio = EchoCheck(0), [b"\x01" * 320]  # the first that comes back is no frame of this call
    result = CallResult("CON-1", check, started_at=0.0)
    for number in range(20):
        frame = write_mark(speech[number % 2], FrameMark(0, number))
        check.send(frame, time=number)
        if number >= lost:
            result.play_out.queue(check.receive(frame, time=number + 0.01), now=number + 0.01)
            audio.append(frame)
    path = tmp_path / "call.any"
    plot_call(path, result, AudioFormat.L16_8000, speech, audio, [Stall(1, at=3)])
    assert path.read_bytes().startswith(b"\x89PNG")
