"""The speech of a scenario: clips at their times, and silence in between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import soxr  # type: ignore[import-untyped]

from ..audio.format import FRAME_SECONDS
from ..caller.speech import Speech

SAMPLE_RATE = 24000  # the highest of a call: nothing is lost before the call's own format is known


class Clip(NamedTuple):
    """Speech that begins at a time, in seconds."""

    speech: Speech
    at: float

    @property
    def seconds(self) -> float:
        return len(self.speech.samples) / self.speech.sample_rate


def join(clips: Sequence[Clip], seconds: float) -> Speech:
    """Return the speech of a whole call; the call's end cuts a clip off, and so does the beginning of the next one."""
    samples = np.zeros(max(round(seconds * SAMPLE_RATE), round(FRAME_SECONDS * SAMPLE_RATE)), np.float32)
    for clip in clips:
        start = round(clip.at * SAMPLE_RATE)
        own = clip.speech.samples
        if clip.speech.sample_rate != SAMPLE_RATE:
            own = soxr.resample(own, clip.speech.sample_rate, SAMPLE_RATE)
        own = own[: len(samples) - start]
        samples[start:] = 0
        samples[start : start + len(own)] = own
    return Speech(samples, SAMPLE_RATE)
