"""Whether two recordings say the same, in the same order."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Signal = npt.NDArray[np.float64]
FRAME_SAMPLES = 320
RATE = 16000
WINDOW = RATE // 10
LOUD = 0.02  # of full scale
ALIKE = 0.9  # of 1, the correlation of a window with itself


def block_places(said: npt.NDArray[np.int16], heard: npt.NDArray[np.int16]) -> list[int]:
    """Return where each loud 20 ms of what was said are in what was heard, in samples, -1 if nowhere."""
    there = heard.astype("<i2").tobytes()
    count = len(said) // FRAME_SAMPLES
    blocks = said[: count * FRAME_SAMPLES].reshape(count, FRAME_SAMPLES)
    return [_find(there, block.tobytes()) for block in blocks if np.abs(block).max() > LOUD * 2**15]


def _find(there: bytes, block: bytes) -> int:
    place = there.find(block)
    while place > 0 and place % 2:  # in the middle of a sample
        place = there.find(block, place + 1)
    return place // 2


def window_lags(said: Signal, heard: Signal, most_seconds: float) -> list[float]:
    """Return how much later each loud tenth of a second of what was said is heard, in seconds; NaN if nowhere."""
    return [
        _lag(said[at : at + WINDOW], heard[at : at + WINDOW + int(most_seconds * RATE)])
        for at in range(0, len(said) - WINDOW, WINDOW)
        if np.abs(said[at : at + WINDOW]).max() > LOUD
    ]


def _lag(window: Signal, heard: Signal) -> float:
    if len(heard) < WINDOW:
        return math.nan
    energies = np.convolve(heard**2, np.ones(WINDOW), "valid") * np.sum(window**2)
    likenesses = np.correlate(heard, window, "valid") / np.sqrt(np.maximum(energies, 1e-9))
    best = int(np.argmax(likenesses))
    return best / RATE if likenesses[best] > ALIKE else math.nan
