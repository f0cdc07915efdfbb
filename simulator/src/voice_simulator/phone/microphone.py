"""The microphone of a page: its frames come when the browser likes, and are said in the rhythm of the call."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np
import soxr  # type: ignore[import-untyped]

from ..audio.format import AudioFormat

BUFFERED_FRAMES = 2  # that wait before the first is said, so that a late one leaves no hole
MOST_FRAMES = 6  # that wait; a browser that has been held up must not make the caller late for the rest of the call

FORMATS = {audio_format.frame_bytes: audio_format for audio_format in AudioFormat}


class Captured(NamedTuple):
    """A frame, and when its last sample was captured: ms on the page's clock."""

    at: float
    frame: bytes


class Microphone:
    """A small buffer of frames."""

    def __init__(self) -> None:
        self.frames_dropped = 0  # too many waited
        self.frames_missing = 0  # none was there when its time had come, though the microphone is in use
        self._waiting: deque[Captured] = deque()
        self._filled = False  # once enough frames wait, until none does

    def put(self, captured: Captured) -> None:
        """Take a frame. Raises ValueError if it has no size of a frame of 20 ms."""
        if len(captured.frame) not in FORMATS:
            sizes = ", ".join(map(str, FORMATS))
            raise ValueError(f"a frame of 20 ms has {sizes} bytes; this one has {len(captured.frame)}")
        self._waiting.append(captured)
        if len(self._waiting) > MOST_FRAMES:
            while len(self._waiting) > BUFFERED_FRAMES:
                self._waiting.popleft()
                self.frames_dropped += 1
        self._filled = self._filled or len(self._waiting) >= BUFFERED_FRAMES

    def take(self, audio_format: AudioFormat) -> Captured | None:
        """Return the next frame in a format, None if none is there in time."""
        if not self._filled:
            return None
        if not self._waiting:
            self._filled = False
            self.frames_missing += 1
            return None
        captured = self._waiting.popleft()
        return captured._replace(frame=_resampled(captured.frame, audio_format))

    def forget(self) -> None:
        """Drop the frames that wait."""
        self._waiting.clear()
        self._filled = False


def _resampled(frame: bytes, audio_format: AudioFormat) -> bytes:
    """Return a frame in a format; from frame to frame there is a slight click, so a page soon changes its own rate."""
    if len(frame) == audio_format.frame_bytes:
        return frame
    samples = np.frombuffer(frame, "<i2").astype(np.float32)
    resampled = soxr.resample(samples, FORMATS[len(frame)].sample_rate, audio_format.sample_rate)
    fitted = np.zeros(audio_format.frame_samples, np.float32)
    length = min(len(fitted), len(resampled))
    fitted[:length] = resampled[:length]
    return np.clip(np.rint(fitted), -(2**15), 2**15 - 1).astype("<i2").tobytes()
