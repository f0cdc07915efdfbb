"""The speech of a caller: a sound file, cut into frames in the format that a call asks for."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr  # type: ignore[import-untyped]

from ..audio.format import FRAME_SECONDS, AudioFormat
from ..audio.reading import blocks, opened

SAMPLE_FILE = Path(__file__).with_name("speech.wav")  # spoken by espeak-ng, 16-bit mono at 16000 Hz

LONGEST_SECONDS = 7200.0  # of a call

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Speech:
    """Mono audio: samples from -1 to 1, and their number a second."""

    samples: Samples
    sample_rate: int


def read_speech(path: Path, seconds: float) -> Speech:
    """Read the beginning of a sound file. Raises SoundError if it can't be read, or holds less than one frame."""
    needed = max(min(seconds, LONGEST_SECONDS), FRAME_SECONDS)
    with opened(path, str(path)) as sound:
        return Speech(np.concatenate(list(blocks(sound, str(path), needed))), sound.samplerate)


def decode_frames(content: bytes, name: str, seconds: float, audio_format: AudioFormat) -> list[bytes]:
    """Return the beginning of a sound file as frames. Raises SoundError as read_speech does."""
    rate, pcm = audio_format.sample_rate, bytearray()
    with opened(content, name) as sound:
        resampler = soxr.ResampleStream(sound.samplerate, rate, 1, dtype="float32")
        for block in blocks(sound, name, seconds):
            pcm += _as_pcm(resampler.resample_chunk(block) if sound.samplerate != rate else block)
        if sound.samplerate != rate:
            pcm += _as_pcm(resampler.resample_chunk(np.zeros(0, np.float32), last=True))
    return _cut(pcm, audio_format)


def mix(*frames: bytes) -> bytes:
    """Return frames of one size added up."""
    total = sum(np.frombuffer(frame, "<i2").astype(np.int32) for frame in frames)
    return np.clip(total, -(2**15), 2**15 - 1).astype("<i2").tobytes()


@functools.lru_cache(maxsize=8)
def speech_frames(speech: Speech, audio_format: AudioFormat) -> list[bytes]:
    """Return the speech as frames of 16-bit PCM, resampled if need be, and the last one filled up with silence."""
    samples = speech.samples
    if speech.sample_rate != audio_format.sample_rate:
        samples = soxr.resample(samples, speech.sample_rate, audio_format.sample_rate)
    return _cut(_as_pcm(samples), audio_format)


def _as_pcm(samples: Samples) -> bytes:
    pcm: bytes = np.clip(np.rint(samples * 2**15), -(2**15), 2**15 - 1).astype("<i2").tobytes()
    return pcm


def _cut(pcm: bytes | bytearray, audio_format: AudioFormat) -> list[bytes]:
    size = audio_format.frame_bytes
    return [bytes(pcm[start : start + size]).ljust(size, b"\0") for start in range(0, len(pcm), size)]
