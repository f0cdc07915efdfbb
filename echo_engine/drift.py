"""The drift of a sender's clock against ours, from arrival times alone.

A frame is late by its own delay on the way and by the drift so far. The delays have a floor, and nothing arrives
earlier; so the slope of the lower envelope of `arrival - 20 ms * n` is the drift (Moon, Skelly and Towsley, "Estimation
and Removal of Clock Skew from Network Delay Measurements", INFOCOM 1999). Their line lies below all points and is as
close to them as can be: it is the edge of the lower convex hull over the mean time.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

MIN_SECONDS = 120.0  # in less, a millisecond of jitter is 8 ppm and more
MAX_FLOORS = 16  # that are kept: beyond it two become one
FIRST_FLOOR_SECONDS = 5.0

Point = tuple[float, float]


class DriftEstimate(NamedTuple):
    """How fast a sender's clock is, in millionths; below zero it is slow. The error goes to both sides."""

    ppm: float
    error_ppm: float


class Drift:
    """The floors of the lateness, each over some seconds, between two pauses: a frame that was never sent has no n."""

    __slots__ = ("_began_at", "_floor_seconds", "_kept", "_kept_seconds", "_latenesses", "_seconds", "_times")

    def __init__(self) -> None:
        self._kept: DriftEstimate | None = None  # of the longest time without a pause before this one
        self._kept_seconds = 0.0
        self._begin()

    def add(self, time: float, lateness: float) -> None:
        """Take the frame that was the least late of some; `lateness` is `arrival - 20 ms * n`, in seconds."""
        if not self._times:
            self._began_at = time
        self._seconds = time - self._began_at
        if self._seconds < len(self._times) * self._floor_seconds:
            if lateness < self._latenesses[-1]:
                self._times[-1], self._latenesses[-1] = self._seconds, lateness
            return
        if len(self._times) == MAX_FLOORS:
            self._halve()
        self._times.append(self._seconds)
        self._latenesses.append(lateness)

    def restart(self) -> None:
        """Begin anew after a pause; what was found before it counts until there is more."""
        if self._seconds > self._kept_seconds:
            self._kept, self._kept_seconds = self.estimate(), self._seconds
        self._begin()

    def estimate(self) -> DriftEstimate | None:
        """Return the drift over the longest time without a pause, None if that is under two minutes."""
        if self._seconds < MIN_SECONDS or self._seconds < self._kept_seconds:
            return self._kept
        points = list(zip(self._times, self._latenesses, strict=True))
        (start, start_lateness), (end, end_lateness) = _edge_over_mean(points)
        slope = (end_lateness - start_lateness) / (end - start)
        distance = sum(lateness - start_lateness - slope * (time - start) for time, lateness in points) / len(points)
        # How far the line would turn if one half of the time had its floor at the mean distance and the other had not.
        error = 2 * distance / (self._seconds / 2)
        return DriftEstimate(-slope * 1e6, error * 1e6)

    def _begin(self) -> None:
        self._times = array("d")  # since `_began_at`
        self._latenesses = array("d")
        self._floor_seconds = FIRST_FLOOR_SECONDS
        self._began_at = self._seconds = 0.0

    def _halve(self) -> None:
        """Keep the lower one of every two floors, each over twice the time."""
        pairs = zip(self._latenesses[::2], self._latenesses[1::2], strict=True)
        kept = [2 * number + (second < first) for number, (first, second) in enumerate(pairs)]
        self._times = array("d", [self._times[number] for number in kept])
        self._latenesses = array("d", [self._latenesses[number] for number in kept])
        self._floor_seconds *= 2


def _edge_over_mean(points: Sequence[Point]) -> tuple[Point, Point]:
    """Return the two neighbours on the lower convex hull between which the mean time lies; points come by time."""
    hull: list[Point] = []
    for point in points:
        while len(hull) > 1 and not _turns_left(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    mean = sum(time for time, _ in points) / len(points)
    return next((start, end) for start, end in pairwise(hull) if end[0] >= mean)


def _turns_left(first: Point, second: Point, third: Point) -> bool:
    return (second[0] - first[0]) * (third[1] - first[1]) > (second[1] - first[1]) * (third[0] - first[0])
