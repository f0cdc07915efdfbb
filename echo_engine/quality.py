"""How regularly a call's frames arrive: from their times alone, as the platform stamps none.

A frame costs the fast path a note of its time. The sweep makes figures of the notes, once a second, in loops that run
in C: with a thousand calls it is half of what measuring costs.
"""

from __future__ import annotations

import math
from array import array
from itertools import accumulate
from operator import sub

from echo_engine.delay_variation import DelayVariation
from shared.audio import FRAME_SECONDS

GAP_SECONDS = 0.06  # three frames: a jitter buffer of two has run empty
PAUSE_SECONDS = 1.0  # the sender may have left frames out, and their count tells the time no more
MAX_NOTES = 256  # with a burst: beyond it the sweep is not waited for
DIGESTED_NOTES = 48  # about a second's: fewer aren't worth a sweep's time

less_a_frame = (-FRAME_SECONDS).__add__


class Quality:
    """The figures of the audio that has arrived, as of the last `digest`; times are in seconds on one steady clock.

    The lateness of a frame is its arrival less 20 ms for each frame before it, reckoned from the first frame or from
    the last pause.
    """

    __slots__ = (
        "_arrivals", "_deviations", "_intervals", "_lateness", "_variation", "gap_seconds", "gaps", "longest_gap",
        "note",
    )  # fmt: skip

    def __init__(self) -> None:
        self._arrivals = array("d")  # since the last `digest`, after the last one before it
        self.note = self._arrivals.append  # takes the time at which a frame arrived: `arrive` without a call to Python
        self.longest_gap = 0.0
        self._intervals = 0  # between frames, but for pauses
        self._deviations = 0.0  # of the intervals from 20 ms, their sum
        self._lateness = 0.0
        self._variation = DelayVariation()
        self.gaps = 0  # without a frame for over 60 ms
        self.gap_seconds = 0.0  # their sum

    @property
    def last_at(self) -> float:
        """When the last message came; nan before the first one."""
        return self._arrivals[-1] if self._arrivals else math.nan

    @property
    def jitter(self) -> float | None:
        """The mean deviation of the intervals from 20 ms, in seconds, which RFC 3550, 6.4.1 estimates as it goes."""
        return self._deviations / self._intervals if self._intervals else None

    @property
    def delay_variation_p95(self) -> float | None:
        """The delay variation in seconds that 95 % of the frames stay below."""
        return self._variation.percentile(0.95)

    def arrive(self, frames: int, now: float) -> None:
        """Note frames of audio."""
        self._arrivals.extend([now] * frames)
        if len(self._arrivals) > MAX_NOTES:
            self.digest()

    def hear(self, now: float) -> None:
        """Note messages that need not be audio: they count for the longest gap only."""
        self.digest()
        if self._arrivals:
            self.longest_gap = max(self.longest_gap, now - self._arrivals[0])
        self._arrivals[:] = array("d", (now,))

    def sweep(self) -> None:
        """Digest what has piled up; to be called twice a second."""
        if len(self._arrivals) > DIGESTED_NOTES:
            self.digest()

    def digest(self) -> None:
        """Bring the figures up to date."""
        if len(self._arrivals) < 2:
            return
        times = self._arrivals.tolist()
        del self._arrivals[:-1]
        intervals = list(map(sub, times[1:], times))
        longest = max(intervals)
        if longest > GAP_SECONDS:
            gaps = [interval for interval in intervals if interval > GAP_SECONDS]
            self.gaps += len(gaps)
            self.gap_seconds += sum(gaps)
        if longest > self.longest_gap:
            self.longest_gap = longest
        if longest < PAUSE_SECONDS:
            self._digest_run(intervals, times[-1])
        else:
            self._digest_runs(intervals, times)

    def _digest_runs(self, intervals: list[float], times: list[float]) -> None:
        """Work in frames with pauses between them; after each pause the lateness is reckoned anew."""
        pauses = [number for number, interval in enumerate(intervals) if interval >= PAUSE_SECONDS]
        self._digest_run(intervals[: pauses[0]], times[pauses[0]])
        for pause, end in zip(pauses, [*pauses[1:], len(intervals)], strict=True):
            self._lateness = 0.0
            self._variation.restart()
            self._digest_run(intervals[pause + 1 : end], times[end])

    def _digest_run(self, intervals: list[float], last_at: float) -> None:
        """Work in frames without a pause between them."""
        if intervals:
            deviations = list(map(less_a_frame, intervals))
            self._intervals += len(deviations)
            self._deviations += sum(map(abs, deviations))
            latenesses = list(accumulate(deviations, initial=self._lateness))
            self._lateness = latenesses[-1]
            self._variation.add(latenesses[1:], last_at)
