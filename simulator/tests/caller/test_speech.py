from __future__ import annotations

import io
import os
import struct
import threading
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile  # type: ignore[import-untyped]

from voice_simulator.audio.format import AudioFormat
from voice_simulator.audio.reading import SoundError
from voice_simulator.caller.speech import SAMPLE_FILE, Speech, decode_frames, read_speech, speech_frames

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


TONE = 0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 16000)
PCM = np.rint(TONE * 2**15).astype("<i2").tobytes()
EXTENSIBLE = struct.pack("<HHI", 22, 24, 4) + bytes.fromhex("0100000000001000800000aa00389b71")


def wav(
    *before: bytes, data: bytes = PCM, size: int | None = None, tag: int = 1, bits: int = 16, more: bytes = b""
) -> bytes:
    """Return a WAV file of one channel at 16 kHz, with chunks before its data, and a size that may be wrong."""
    form = struct.pack("<HHIIHH", tag, 1, 16000, 2000 * bits, bits // 8, bits) + more
    size = len(data) if size is None else size
    chunks = [b"fmt " + struct.pack("<I", len(form)) + form, *before, b"data" + struct.pack("<I", size) + data]
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def written(form: str, subtype: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, TONE, 16000, format=form, subtype=subtype)
    return file.getvalue()


FORMS = {
    "8 bits": written("WAV", "PCM_U8"),
    "24 bits": written("WAV", "PCM_24"),
    "extensible, 24 bits": wav(
        data=b"".join(struct.pack("<i", round(each * 2**31))[1:] for each in TONE), bits=24, tag=0xFFFE, more=EXTENSIBLE
    ),
    "32 bits": written("WAV", "PCM_32"),
    "float": written("WAV", "FLOAT"),
    "float, 64 bits": written("WAV", "DOUBLE"),
    "mu-law": written("WAV", "ULAW"),
    "A-law": written("WAV", "ALAW"),
    "an odd chunk with its pad byte": wav(b"LIST\5\0\0\0short\0"),
    "an odd chunk without": wav(b"LIST\5\0\0\0short"),
    "from a pipe": wav(size=0),
    "from another pipe": wav(size=2**32 - 1),
    "FLAC": written("FLAC", "PCM_16"),
    "Ogg Vorbis": written("OGG", "VORBIS"),
    "Opus": written("OGG", "OPUS"),
    "MP3": written("MP3", "MPEG_LAYER_III"),
    "AIFF": written("AIFF", "PCM_16"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_reads_the_same(form: str, tmp_path: Path) -> None:
    path = tmp_path / "tone"
    path.write_bytes(FORMS[form])
    speech = read_speech(path, SECONDS)
    assert speech.sample_rate == 16000
    np.testing.assert_allclose(speech.samples[1000:7000], TONE[1000:7000], atol=0.05)
    decoded = decode_frames(FORMS[form], form, SECONDS, AudioFormat.L16_16000)
    np.testing.assert_allclose(samples_of(decoded)[:8000], speech.samples[:8000], atol=1e-4)


@pytest.mark.parametrize("channels", [2, 6])
def test_channels_are_averaged(channels: int, tmp_path: Path) -> None:
    speech = read_speech(write_tone(tmp_path / "tone.wav", 16000, channels), SECONDS)
    np.testing.assert_allclose(speech.samples, TONE, atol=0.01)


def test_a_pipe_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(wav(),))
    writer.start()
    assert len(read_speech(tmp_path / "pipe", SECONDS).samples) == 8000
    writer.join()


def test_what_is_no_number_is_silence_or_full_scale() -> None:
    data = np.array([np.nan, np.inf, -np.inf, 7.0] * 80, "<f4").tobytes()
    (frame,) = decode_frames(wav(data=data, tag=3, bits=32), "odd.wav", 1.0, AudioFormat.L16_16000)
    assert np.frombuffer(frame, "<i2")[:4].tolist() == [0, 32767, -32768, 32767]


def test_a_small_file_that_holds_hours_is_cut_off() -> None:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(16000 * 900, np.int16), 16000, format="FLAC")
    assert len(file.getvalue()) < 500_000
    assert len(decode_frames(file.getvalue(), "long.flac", 600.0, AudioFormat.L16_16000)) == 600 * 50 + 1


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
        (b"", "Format not recognised"),
        (b"RIFF", "give WAV, FLAC, Ogg or MP3"),
        (b"ID3 this is no sound file at all, whatever its name", "give WAV, FLAC, Ogg or MP3"),
        (wav(data=bytes(80), bits=64), "unimplemented format"),
        (wav(data=b""), "less than 20 ms"),
        (wav().replace(struct.pack("<I", 16000), struct.pack("<I", 10)), "10 samples a second, which is no speech"),
        (wav().replace(struct.pack("<I", 16000), bytes(4)), "give WAV, FLAC, Ogg or MP3"),
    ],
)
def test_a_bad_file_is_named_and_explained(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    with pytest.raises(SoundError, match=message) as error:
        read_speech(path, 1.0)
    assert "bad.wav" in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SoundError, match=r"missing\.wav can't be read: No such file"):
        read_speech(tmp_path / "missing.wav", 1.0)
