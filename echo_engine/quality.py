"""How regularly a call's frames arrive: from their times alone, as the platform stamps none.

A frame costs the fast path a note of its time. The sweep makes figures of the notes, twice a second.
"""

from __future__ import annotations

import math
from array import array
from itertools import pairwise

from echo_engine.delay_variation import DelayVariation
from echo_engine.drift import Drift, DriftEstimate
from shared.audio import FRAME_SECONDS

GAP_SECONDS = 0.06  # three frames: a jitter buffer of two has run empty
PAUSE_SECONDS = 1.0  # the sender may have left frames out, and their count tells the time no more
JITTER_GAIN = 1 / 16  # RFC 3550, 6.4.1
MAX_NOTES = 256  # with a burst: beyond it the sweep is not waited for


class Quality:
    """The figures of the audio that has arrived, as of the last `digest`; times are in seconds on one steady clock.

    The lateness of a frame is its arrival less 20 ms for each frame before it, reckoned from the first frame or from
    the last pause.
    """

    __slots__ = (
        "_arrivals", "_digested_until", "_drift", "_frames", "_jitter", "_jitter_sum", "_lateness", "_variation",
        "gap_seconds", "gaps", "longest_gap",
    )  # fmt: skip

    def __init__(self) -> None:
        self._arrivals = array("d")  # until `digest`
        self._digested_until = math.nan  # before the first arrival every comparison with it is false
        self.longest_gap = 0.0
        self._frames = 0
        self._jitter = self._jitter_sum = 0.0
        self._lateness = 0.0
        self._variation = DelayVariation()
        self._drift = Drift()
        self.gaps = 0  # without a frame for over 60 ms
        self.gap_seconds = 0.0  # their sum

    @property
    def last_at(self) -> float:
        """When the last message came; nan before the first one."""
        return self._arrivals[-1] if self._arrivals else self._digested_until

    @property
    def jitter(self) -> float | None:
        """The interarrival jitter (RFC 3550, 6.4.1; 20 ms between two time stamps) in seconds, on average."""
        return self._jitter_sum / self._frames if self._frames else None

    @property
    def delay_variation_p95(self) -> float | None:
        """The delay variation in seconds that 95 % of the frames stay below."""
        return self._variation.percentile(0.95)

    @property
    def drift(self) -> DriftEstimate | None:
        """The drift of the sender's clock, None before two minutes without a pause."""
        return self._drift.estimate()

    def arrive(self, frames: int, now: float) -> None:
        """Note frames of audio."""
        self._arrivals.append(now)
        if frames > 1:
            self._arrivals.extend([now] * (frames - 1))
            if len(self._arrivals) > MAX_NOTES:
                self.digest()

    def hear(self, now: float) -> None:
        """Note messages that need not be audio: they count for the longest gap alone."""
        self.digest()
        gap = now - self._digested_until
        if gap > self.longest_gap:
            self.longest_gap = gap
        self._digested_until = now

    def digest(self) -> None:
        """Bring the figures up to date; to be called twice a second, so that the notes don't pile up."""
        if not self._arrivals:
            return
        arrivals, start = self._arrivals.tolist(), 0
        del self._arrivals[:]
        if not arrivals[-1] - self._digested_until < PAUSE_SECONDS:  # or these are the first ones
            for number, (before, now) in enumerate(pairwise([self._digested_until, *arrivals])):
                if not now - before < PAUSE_SECONDS:
                    self._digest_run(arrivals[start:number])
                    self._begin(now)
                    start = number + 1
        self._digest_run(arrivals[start:])

    def _begin(self, now: float) -> None:
        """Reckon the lateness from a frame, the first one or the first one after a pause."""
        self._note_gap(now - self._digested_until)
        self._digested_until = now
        self._lateness = 0.0
        self._variation.restart()
        self._drift.restart()

    def _digest_run(self, arrivals: list[float]) -> None:
        """Work in frames without a pause between them."""
        if not arrivals:
            return
        last_at, lateness, jitter, jitter_sum = self._digested_until, self._lateness, self._jitter, self._jitter_sum
        latenesses = []
        notable = min(self.longest_gap, GAP_SECONDS) - FRAME_SECONDS  # deviations beyond it are
        for now in arrivals:
            deviation = now - last_at - FRAME_SECONDS
            if deviation > notable:
                notable = self._note_gap(now - last_at) - FRAME_SECONDS
            last_at = now
            lateness += deviation
            latenesses.append(lateness)
            jitter += ((deviation if deviation > 0 else -deviation) - jitter) * JITTER_GAIN
            jitter_sum += jitter
        self._digested_until, self._lateness, self._jitter, self._jitter_sum = last_at, lateness, jitter, jitter_sum
        self._frames += len(arrivals)
        least = self._variation.add(latenesses, last_at)
        self._drift.add(arrivals[latenesses.index(least)], least)

    def _note_gap(self, seconds: float) -> float:
        """Take in a gap; return how long one must be at least to be of interest from now on."""
        self.longest_gap = max(self.longest_gap, seconds)
        if seconds > GAP_SECONDS:
            self.gaps += 1
            self.gap_seconds += seconds
        return min(self.longest_gap, GAP_SECONDS)
