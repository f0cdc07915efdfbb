"""Packet delay variation (RFC 5481, 4.2): by how much each frame came later than the fastest one of its time."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right

# Of the counts, in seconds; between two of them the percentile is interpolated.
BOUNDS = (
    0.001, 0.002, 0.004, 0.006, 0.008, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5,
    1.0, 2.0, 5.0, 60.0,
)  # fmt: skip
# The fastest frame is that of the last 5 to 10 s, so that neither a drift of some hundred ppm nor a path that has
# become longer passes for variation.
WINDOW_SECONDS = 5.0


class DelayVariation:
    """Counts of frames by their delay variation, over the whole call."""

    __slots__ = ("_counts", "_floor", "_floor_before", "_window_ends_at")

    def __init__(self) -> None:
        self._counts = array("I", bytes(4 * len(BOUNDS)))
        self.restart()

    def restart(self) -> None:
        """Look for the fastest frame anew, after a pause."""
        self._floor = self._floor_before = math.inf  # of this window and of the one before
        self._window_ends_at = -math.inf

    def add(self, latenesses: list[float], now: float) -> None:
        """Count frames that came until now, each late by so many seconds against one reckoning."""
        ordered = sorted(latenesses)
        if now >= self._window_ends_at:
            self._floor_before, self._floor = self._floor, ordered[0]
            self._window_ends_at = now + WINDOW_SECONDS
        elif ordered[0] < self._floor:
            self._floor = ordered[0]
        floor = min(self._floor, self._floor_before)
        counted = 0
        for number, bound in enumerate(BOUNDS):
            below = bisect_right(ordered, floor + bound, counted)
            self._counts[number] += below - counted
            counted = below
            if counted == len(ordered):
                break
        else:
            self._counts[-1] += len(ordered) - counted

    def percentile(self, share: float) -> float | None:
        """Return the seconds that a share (0 to 1) of the frames stay below, None before the first frame."""
        left = share * sum(self._counts)
        if not left:
            return None
        lower = 0.0
        for bound, count in zip(BOUNDS, self._counts, strict=True):
            if left <= count:
                return lower + (bound - lower) * left / count
            left -= count
            lower = bound
        raise AssertionError("no share is more than all frames")
