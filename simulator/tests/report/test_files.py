from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from simulator.tests.harness.records import record
from voice_simulator.audio.format import TimedFrame
from voice_simulator.audio.tape import Sound
from voice_simulator.call.result import CallResult
from voice_simulator.caller.frame_mark import FrameMark, write_mark
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.record.events import SocketOpened
from voice_simulator.report.files import keep


def call(*heard: tuple[float, bytes], socket: bool = True) -> CallResult:
    """Return a call of 0.1 s with frames heard at their times from its first frame."""
    filled = record(*[SocketOpened(4.9, "ws://h", 8000, 0.1)] * socket)
    filled.frames.first_at = 5.0
    said = [TimedFrame(5.0 + number * 0.02, bytes(320)) for number in range(5)]
    sound = Sound(said, [TimedFrame(5.0 + time, frame) for time, frame in heard])
    for number, frame in enumerate(said):
        EchoLedger(0, filled.frames).send(write_mark(frame.frame, FrameMark(0, number)), frame.time)
    filled.frames.heard_at.extend(frame.time for frame in sound.heard)
    return CallResult(filled, sound)


def read(path: Path) -> tuple[int, bytes, bytes]:
    """Return the rate of a stereo file, what the caller said, and what was heard."""
    with wave.open(str(path), "rb") as file:
        assert file.getnchannels() == 2
        samples = np.frombuffer(file.readframes(100_000), "<i2")
        return file.getframerate(), samples[::2].tobytes(), samples[1::2].tobytes()


def test_silences_are_kept_as_long_as_they_were(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "heard.wav"
    keep(call((0.04, b"\1" * 320), (3.0, b"\2" * 320)), path, None)
    rate, said, heard = read(path)
    assert rate == 8000
    nothing = [bytes(2 * 320), bytes(2 * (24000 - 480))]
    assert heard == nothing[0] + b"\1" * 320 + nothing[1] + b"\2" * 320
    assert said == bytes(len(heard))
    assert capsys.readouterr() == ("", f"wrote {path} (3.0 s, caller left, application right; 8000 Hz)\n")


def test_what_the_caller_says_is_on_the_left_at_its_time(tmp_path: Path) -> None:
    result = call((0.04, b"\2" * 320))
    assert result.sound is not None
    result.sound.said[1] = TimedFrame(5.02, b"\1" * 320)
    keep(result, tmp_path / "heard.wav", None)
    _, said, heard = read(tmp_path / "heard.wav")
    assert said == bytes(320) + b"\1" * 320 + bytes(3 * 320)
    assert heard == bytes(640) + b"\2" * 320 + bytes(640)


def test_frames_of_another_format_sound_at_the_highest_rate(tmp_path: Path) -> None:
    frames = (b"\1" * 320, b"\2" * 640, b"\3" * 320)
    keep(call(*((number * 0.02, frame) for number, frame in enumerate(frames))), tmp_path / "heard.wav", None)
    rate, _, heard = read(tmp_path / "heard.wav")
    assert (rate, len(heard)) == (16000, 5 * 640)
    middles = [int.from_bytes(heard[start : start + 2], "little") for start in (320, 960, 1600)]
    for middle, sample in zip(middles, (0x0101, 0x0202, 0x0303), strict=True):
        assert abs(middle - sample) < 10


def test_of_a_call_in_which_nothing_came_back_the_silence_is_kept(tmp_path: Path) -> None:
    keep(call(), tmp_path / "heard.wav", tmp_path / "call.png")
    assert read(tmp_path / "heard.wav") == (8000, bytes(2 * 800), bytes(2 * 800))
    assert (tmp_path / "call.png").read_bytes().startswith(b"\x89PNG")


def test_a_call_without_a_socket_has_a_sound_and_no_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(call(socket=False), tmp_path / "heard.wav", tmp_path / "call.png")
    assert [path.name for path in tmp_path.iterdir()] == ["heard.wav"]
    assert "no socket was opened, so no picture was written" in capsys.readouterr().err


def test_the_picture_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(call(), None, tmp_path / "call.svg")
    assert capsys.readouterr() == ("", f"wrote {tmp_path / 'call.svg'} (a picture of 0.1 s)\n")


def test_of_nothing_no_file_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = CallResult(record())
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
