from __future__ import annotations

import wave
from pathlib import Path

import pytest

from simulator.audio import AudioFormat
from simulator.call.result import CallResult
from simulator.caller.script import Script
from simulator.echo.ledger import EchoLedger
from simulator.report.files import keep
from tests.harness.placing import SPEECH

SCRIPT = Script(SPEECH)


def test_only_frames_of_the_first_format_are_kept(tmp_path: Path) -> None:
    audio = [b"\1" * 320, b"\2" * 640, b"\3" * 320]
    result = CallResult("CON-1", EchoLedger(0), audio_format=AudioFormat.L16_8000, audio=audio)
    keep(result, SCRIPT, tmp_path / "echo.wav", None)
    with wave.open(str(tmp_path / "echo.wav"), "rb") as file:
        assert (file.getframerate(), file.readframes(1000)) == (8000, audio[0] + audio[2])


def test_of_nothing_no_file_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = CallResult("CON-1", EchoLedger(0))
    keep(result, SCRIPT, None, None)
    assert capsys.readouterr() == ("", "")
    keep(result, SCRIPT, tmp_path / "echo.wav", tmp_path / "call.png")
    assert "no file was written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
