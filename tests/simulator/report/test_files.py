from __future__ import annotations

import wave
from pathlib import Path

import pytest

from simulator.audio import AudioFormat, TimedFrame
from simulator.call.result import CallResult
from simulator.echo.ledger import EchoLedger
from simulator.platform.play_out import PlayOut
from simulator.report.files import keep


def call(*heard: tuple[float, bytes]) -> CallResult:
    """Return a call of 0.1 s with frames heard at their times from its first frame."""
    result = CallResult("CON-1", EchoLedger(0), PlayOut(heard_kept=True), audio_format=AudioFormat.L16_8000)
    result.started_at, result.moments = 5.0, []
    result.said = [TimedFrame(5.0 + number * 0.02, bytes(320)) for number in range(5)]
    for time, frame in heard:
        result.play_out.queue(None, 5.0 + time, frame)
    result.play_out.end(6.0)
    return result


def read(path: Path) -> tuple[int, bytes]:
    with wave.open(str(path), "rb") as file:
        return file.getframerate(), file.readframes(100_000)


def test_silences_are_kept_as_long_as_they_were(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "heard.wav"
    keep(call((0.04, b"\1" * 320), (3.0, b"\2" * 320)), path, None)
    rate, sound = read(path)
    assert rate == 8000
    nothing = [bytes(2 * 320), bytes(2 * (24000 - 480))]
    assert sound == nothing[0] + b"\1" * 320 + nothing[1] + b"\2" * 320 + bytes(2)
    assert capsys.readouterr() == ("", f"wrote {path} (3.0 s as heard, silences too; 8000 Hz)\n")


def test_frames_of_another_format_sound_at_the_first_ones_rate(tmp_path: Path) -> None:
    frames = (b"\1" * 320, b"\2" * 640, b"\3" * 320)
    keep(call(*((number * 0.02, frame) for number, frame in enumerate(frames))), tmp_path / "heard.wav", None)
    rate, sound = read(tmp_path / "heard.wav")
    assert (rate, sound[:320], sound[640:960]) == (8000, frames[0], frames[2])
    assert abs(int.from_bytes(sound[480:482], "little") - 0x0202) < 10


def test_of_a_call_in_which_nothing_came_back_the_silence_is_kept(tmp_path: Path) -> None:
    keep(call(), tmp_path / "heard.wav", tmp_path / "call.png")
    assert read(tmp_path / "heard.wav") == (8000, bytes(2 * 801))
    assert (tmp_path / "call.png").read_bytes().startswith(b"\x89PNG")


def test_the_picture_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(call(), None, tmp_path / "call.svg")
    assert capsys.readouterr() == ("", f"wrote {tmp_path / 'call.svg'} (a picture of 0.1 s)\n")


def test_of_nothing_no_file_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = CallResult("CON-1", EchoLedger(0))
    keep(result, None, None)
    assert capsys.readouterr() == ("", "")
    keep(result, tmp_path / "echo.wav", tmp_path / "call.png")
    assert "no file was written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_after_all_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (tmp_path / "gone" / "heard.wav", tmp_path / "gone" / "call.png"):
        save, plot = (path, None) if path.suffix == ".wav" else (None, path)
        keep(call(), save, plot)
        assert capsys.readouterr().err == f"error: {path} can't be written: No such file or directory\n"
