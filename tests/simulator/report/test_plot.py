from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.audio import AudioFormat
from simulator.call.result import CallResult
from simulator.caller.script import Script, Stall
from simulator.caller.speech import Speech
from simulator.echo.frame_mark import FrameMark, write_mark
from simulator.echo.ledger import EchoLedger
from simulator.report.plot import plot_call


@pytest.mark.parametrize("lost", [0, 3])
def test_a_picture_is_drawn_with_or_without_losses(lost: int, tmp_path: Path) -> None:
    speech = [bytes(320), b"\x11" * 320]
    ledger, audio = EchoLedger(0), [b"\x01" * 320]  # the first that comes back is no frame of this call
    result = CallResult("CON-1", ledger, started_at=0.0)
    for number in range(20):
        frame = write_mark(speech[number % 2], FrameMark(0, number))
        ledger.send(frame, time=number)
        if number >= lost:
            result.play_out.queue(ledger.receive(frame, time=number + 0.01), now=number + 0.01)
            audio.append(frame)
    path = tmp_path / "call.any"
    script = Script(
        Speech(np.frombuffer(b"".join(speech), "<i2").astype(np.float32) / np.float32(2**15), 8000),
        stalls=(Stall(1, at=3),),
    )
    plot_call(path, result, AudioFormat.L16_8000, script, audio)
    assert path.read_bytes().startswith(b"\x89PNG")
