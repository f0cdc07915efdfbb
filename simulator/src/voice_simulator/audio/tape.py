"""A tape of one direction of a call: frames with their times, laid out as samples, and WAV files of several tapes."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import soxr  # type: ignore[import-untyped]

from .format import FRAME_SECONDS, FRAMES_PER_SECOND, SAMPLE_BYTES, AudioFormat, TimedFrame

DEFAULT_RATE = AudioFormat.L16_16000.sample_rate

Samples = npt.NDArray[np.int16]


@dataclass
class Sound:
    """What the caller said and heard: every frame, in time."""

    said: list[TimedFrame] = field(default_factory=list)
    heard: list[TimedFrame] = field(default_factory=list)


def best_rate(frames: Sequence[TimedFrame]) -> int:
    """Return the highest sample rate of some frames."""
    return max((_rate(len(each.frame)) for each in frames), default=DEFAULT_RATE)


def lay_out(frames: Sequence[TimedFrame], begin: float, end: float, rate: int) -> Samples:
    """Return the samples from one time to another, on the frames' clock: each frame at its time, silence between.

    Frames of another rate are resampled, those of one rate together, so that there is no click from frame to frame.
    """
    whole = np.zeros(round((end - begin) * rate), np.float32)
    for size in {len(each.frame) for each in frames}:
        own_rate = _rate(size)
        own = _place([each for each in frames if len(each.frame) == size], begin, round((end - begin) * own_rate))
        resampled = own if own_rate == rate else soxr.resample(own, own_rate, rate)
        length = min(len(whole), len(resampled))
        whole[:length] += resampled[:length]
    np.rint(whole, out=whole)
    return np.clip(whole, -(2**15), 2**15 - 1, out=whole).astype(np.int16)


def wav_bytes(channels: Sequence[Samples], rate: int) -> bytes:
    """Return a WAV file of channels of the same length."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(rate)
        file.writeframes(np.stack(channels, axis=1).astype("<i2").tobytes())
    return buffer.getvalue()


def _place(frames: Sequence[TimedFrame], begin: float, length: int) -> npt.NDArray[np.float32]:
    samples, free_from = np.zeros(length, np.float32), 0
    for time, frame in frames:
        pcm = np.frombuffer(frame, "<i2")
        start = round((time - begin) * len(pcm) / FRAME_SECONDS)
        if abs(start - free_from) <= 1:  # rounded: frames that follow each other at once leave no hole
            start = free_from
        if 0 <= start < length:
            pcm = pcm[: length - start]
            samples[start : start + len(pcm)] = pcm
            free_from = start + len(pcm)
    return samples


def _rate(frame_bytes: int) -> int:
    return frame_bytes // SAMPLE_BYTES * FRAMES_PER_SECOND
