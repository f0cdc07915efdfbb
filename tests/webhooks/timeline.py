"""Simulated time: what is due happens in its order, at once."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable


class Timeline:
    """A clock that jumps from one act to the next."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0  # seconds since 1970
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()  # two acts at one time keep their order

    def at(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self.now + seconds, next(self._count), act))

    def every(self, seconds: float, act: Callable[[], None], until: Callable[[], bool]) -> None:
        def again() -> None:
            if not until():
                act()
                self.at(seconds, again)

        self.at(seconds, again)

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> float:
        """Let this many seconds pass, or fewer; return how many."""
        began = self.now
        while self._due and self._due[0][0] <= began + seconds and not until():
            self.now, _, act = heapq.heappop(self._due)
            act()
        if not until():
            self.now = began + seconds
        return self.now - began
