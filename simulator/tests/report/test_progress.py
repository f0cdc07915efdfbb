from __future__ import annotations

import pytest

from voice_simulator.call.result import CallResult
from voice_simulator.caller.frame_mark import FrameMark, write_mark
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.record.record import Record
from voice_simulator.report.progress import UpLine


def test_the_line_comes_once_when_every_call_has_got_a_frame_back(capsys: pytest.CaptureFixture[str]) -> None:
    results = [CallResult(Record()) for _ in range(2)]
    watch = UpLine()
    printed = []
    for index, result in enumerate(results):
        watch(results)
        printed.append(capsys.readouterr().err)
        frame = write_mark(bytes(320), FrameMark(index, 0))
        ledger = EchoLedger(index, result.record.frames)
        ledger.send(frame, time=0.0)
        ledger.receive(frame, time=0.1)
    for _ in range(2):
        watch(results)
        printed.append(capsys.readouterr().err)
    assert printed == ["", "", "all 2 calls are up\n", ""]
