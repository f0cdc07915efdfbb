from __future__ import annotations

import wave
from pathlib import Path

import pytest

from shared.audio import AudioFormat
from simulator.call_plan import CallPlan
from simulator.call_result import CallResult
from simulator.echo_check import EchoCheck
from simulator.recording import keep
from tests.harness.placing import SPEECH

PLAN = CallPlan("http://h/a", "http://h/e", "http://h/f", SPEECH)


def test_only_frames_of_the_first_format_are_kept(tmp_path: Path) -> None:
    audio = [b"\1" * 320, b"\2" * 640, b"\3" * 320]
    result = CallResult("CON-1", EchoCheck(0), audio_format=AudioFormat.L16_8000, audio=audio)
    keep(result, PLAN, tmp_path / "echo.wav", None)
    with wave.open(str(tmp_path / "echo.wav"), "rb") as file:
        assert (file.getframerate(), file.readframes(1000)) == (8000, audio[0] + audio[2])


def test_of_nothing_no_file_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = CallResult("CON-1", EchoCheck(0))
    keep(result, PLAN, None, None)
    assert capsys.readouterr() == ("", "")
    keep(result, PLAN, tmp_path / "echo.wav", tmp_path / "call.png")
    assert "no file was written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
