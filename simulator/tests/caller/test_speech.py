from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from voice_simulator.audio.format import AudioFormat
from voice_simulator.caller.speech import SAMPLE_FILE, Speech, SpeechError, read_speech, speech_frames

SECONDS = 0.5


def write_tone(path: Path, rate: int = 16000, channels: int = 1, sample_bytes: int = 2, hz: float = 440.0) -> Path:
    """Write half a second of a tone at half of full scale, the same in all channels."""
    tone = 0.5 * np.sin(2 * np.pi * hz * np.arange(int(rate * SECONDS)) / rate)
    integers = np.repeat(np.rint(tone * (2 ** (8 * sample_bytes - 1) - 1)).astype("<i8"), channels)
    if sample_bytes == 1:
        integers += 128
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(sample_bytes)
        file.setframerate(rate)
        file.writeframes(integers.view(np.uint8).reshape(-1, 8)[:, :sample_bytes].tobytes())
    return path


def samples_of(frames: list[bytes]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.frombuffer(b"".join(frames), "<i2") / 2**15


@pytest.mark.parametrize("audio_format", AudioFormat)
@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
def test_any_rate_becomes_whole_frames_of_the_same_tone(rate: int, audio_format: AudioFormat, tmp_path: Path) -> None:
    speech = read_speech(write_tone(tmp_path / "tone.wav", rate), SECONDS)
    frames = speech_frames(speech, audio_format)
    assert {len(frame) for frame in frames} == {audio_format.frame_bytes}
    assert len(frames) == pytest.approx(SECONDS * 50, abs=1)
    spectrum = np.abs(np.fft.rfft(samples_of(frames)))
    assert np.argmax(spectrum) * audio_format.sample_rate / (len(frames) * audio_format.frame_bytes / 2) == (
        pytest.approx(440, abs=3)
    )


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("sample_bytes", [1, 2, 3, 4])
def test_all_widths_and_channels_read_the_same(channels: int, sample_bytes: int, tmp_path: Path) -> None:
    speech = read_speech(write_tone(tmp_path / "tone.wav", 16000, channels, sample_bytes), SECONDS)
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 16000)
    np.testing.assert_allclose(speech.samples, expected, atol=0.01)


def test_sixteen_bits_at_the_right_rate_stay_as_they_are() -> None:
    with wave.open(str(SAMPLE_FILE), "rb") as file:
        pcm = file.readframes(file.getnframes())
    frames = speech_frames(read_speech(SAMPLE_FILE, 60), AudioFormat.L16_16000)
    assert b"".join(frames)[: len(pcm)] == pcm


def test_only_what_the_call_needs_is_read() -> None:
    assert len(read_speech(SAMPLE_FILE, 1.0).samples) == 16001


def test_too_loud_is_clipped_not_wrapped() -> None:
    loud = Speech(np.array([1.5, -1.5] * 160, np.float32), 16000)
    assert set(np.frombuffer(speech_frames(loud, AudioFormat.L16_16000)[0], "<i2")) == {32767, -32768}


def test_a_file_that_was_cut_off_is_used_up_to_there(tmp_path: Path) -> None:
    path = write_tone(tmp_path / "tone.wav", channels=2)
    path.write_bytes(path.read_bytes()[:-3])
    assert len(read_speech(path, SECONDS).samples) == 7999


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no usable WAV file"),
        (b"RIFF", "no usable WAV file"),
        (b"ID3 this is no WAV file at all, whatever its name", "no usable WAV file"),
        (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\3\0\1\0\x80\x3e\0\0\0\xfa\0\0\4\0\x20\0data\0\0\0\0", "unknown format: 3"),
        (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0data\0\0\0\0", "less than 20 ms"),
        (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\2\0\x10\0data\0\0\0\0", "less than 20 ms"),
    ],
)
def test_a_bad_file_is_named_and_explained(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    with pytest.raises(SpeechError, match=message) as error:
        read_speech(path, 1.0)
    assert "bad.wav" in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match=r"can't read .*missing\.wav: No such file"):
        read_speech(tmp_path / "missing.wav", 1.0)
