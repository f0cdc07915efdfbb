"""The loudness of frames: whether a frame holds speech."""

from __future__ import annotations

import numpy as np

LOUD = 300.0  # root mean square of 16-bit samples; a line's noise is below it, a voice far above


def is_loud(frame: bytes) -> bool:
    """Return whether a frame is louder than a line's noise."""
    samples = np.frombuffer(frame, "<i2").astype(np.float32)
    return bool(np.sqrt(np.mean(samples * samples)) >= LOUD)
