"""The loudness of frames."""

from __future__ import annotations

import math

import numpy as np

SILENT_DBFS = -127  # of digital silence, and the lowest level
LOUD = 300.0  # root mean square of 16-bit samples; a line's noise is below it, a voice far above


def is_loud(frame: bytes) -> bool:
    """Return whether a frame is louder than a line's noise."""
    return _root_mean_square(frame) >= LOUD


def level_dbfs(frame: bytes) -> int:
    """Return a frame's root mean square in dB relative to full scale (32768), from -127 to 0."""
    loudness = _root_mean_square(frame)
    return max(SILENT_DBFS, round(20 * math.log10(loudness / 2**15))) if loudness else SILENT_DBFS


def _root_mean_square(frame: bytes) -> float:
    samples = np.frombuffer(frame, "<i2").astype(np.float32)
    return math.sqrt(float(np.mean(samples * samples)))
