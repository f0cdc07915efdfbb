"""The speech of a caller: a WAV file, cut into frames in the format that a call asks for."""

from __future__ import annotations

import functools
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import soxr  # type: ignore[import-untyped]

from ..audio.format import FRAME_MS, FRAME_SECONDS, AudioFormat

SAMPLE_FILE = Path(__file__).with_name("speech.wav")  # spoken by espeak-ng, 16-bit mono at 16000 Hz

LONGEST_SECONDS = 7200.0  # of a call

Samples = npt.NDArray[np.float32]


class SpeechError(Exception):
    """A WAV file can't be used; the message says which and why."""


@dataclass(frozen=True, eq=False)
class Speech:
    """Mono audio: samples from -1 to 1, and their number a second."""

    samples: Samples
    sample_rate: int


def read_speech(path: Path, seconds: float) -> Speech:
    """Read the beginning of a WAV file; see decode_speech. Raises SpeechError if it can't be read."""
    try:
        with path.open("rb") as file:
            return decode_speech(file, str(path), seconds)
    except OSError as error:
        raise SpeechError(f"can't read {path}: {error.strerror}") from error


def decode_speech(binary: BinaryIO, name: str, seconds: float) -> Speech:
    """Return the beginning of a PCM WAV file: any rate, any number of channels (averaged), 8, 16, 24 or 32 bits.

    Raises SpeechError if it is no PCM WAV file, or holds less than one frame; `name` names it there.
    """
    try:
        with wave.open(binary, "rb") as file:
            rate, channels, sample_bytes = file.getframerate(), file.getnchannels(), file.getsampwidth()
            data = file.readframes(int(max(min(seconds, LONGEST_SECONDS), FRAME_SECONDS) * rate) + 1)
    except (wave.Error, EOFError) as error:
        hint = "give a PCM WAV file of 8, 16, 24 or 32 bits"
        raise SpeechError(f"{name} is no usable WAV file ({error or 'it ends too early'}); {hint}") from error
    # A file that was cut off may end within a sample.
    data = data[: len(data) // (channels * sample_bytes) * (channels * sample_bytes)]
    samples = _decode(data, sample_bytes).reshape(-1, channels).mean(axis=1, dtype=np.float32)
    if rate == 0 or len(samples) * 1000 < rate * FRAME_MS:
        raise SpeechError(f"{name} holds less than {FRAME_MS} ms of audio")
    return Speech(samples, rate)


def _decode(data: bytes, sample_bytes: int) -> Samples:
    if sample_bytes == 1:  # only 8-bit WAV has no sign
        return (np.frombuffer(data, np.uint8).astype(np.float32) - np.float32(128)) / np.float32(128)
    # At the top of 32-bit little-endian integers, samples of 16, 24 and 32 bits have the same full scale.
    padded = np.zeros((len(data) // sample_bytes, 4), np.uint8)
    padded[:, 4 - sample_bytes :] = np.frombuffer(data, np.uint8).reshape(-1, sample_bytes)
    return (padded.view("<i4").ravel() / 2**31).astype(np.float32)


def mix(*frames: bytes) -> bytes:
    """Return frames of one size added up."""
    total = sum(np.frombuffer(frame, "<i2").astype(np.int32) for frame in frames)
    return np.clip(total, -(2**15), 2**15 - 1).astype("<i2").tobytes()


@functools.cache
def speech_frames(speech: Speech, audio_format: AudioFormat) -> list[bytes]:
    """Return the speech as frames of 16-bit PCM, resampled if need be, and the last one filled up with silence."""
    samples = speech.samples
    if speech.sample_rate != audio_format.sample_rate:
        samples = soxr.resample(samples, speech.sample_rate, audio_format.sample_rate)
    pcm = np.clip(np.rint(samples * 2**15), -(2**15), 2**15 - 1).astype("<i2").tobytes()
    size = audio_format.frame_bytes
    return [pcm[start : start + size].ljust(size, b"\0") for start in range(0, len(pcm), size)]
