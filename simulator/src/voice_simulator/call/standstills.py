"""The times in which the simulator's own process stood still: what went wrong then may be no fault of the server."""

from __future__ import annotations

import asyncio
import math
from time import perf_counter
from typing import NamedTuple

TICK_SECONDS = 0.02
NOTED_SECONDS = 0.02  # shorter ones are every busy machine's


class Standstill(NamedTuple):
    """A time (perf_counter) in which nothing ran: the process was stopped, or the machine was busy with others."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long nothing ran, at most."""
        return self.end - self.start


class Standstills:
    """The standstills of a run, which all its calls share.

    While the process stands still, it hears nothing and says nothing. Then everything goes at once: the frames that are
    due leave in a burst, and those that have arrived are played late, as long as the play-out queue doesn't run empty.
    """

    def __init__(self) -> None:
        self._all: list[Standstill] = []

    async def watch(self) -> None:
        """Look at the clock every 20 ms, until cancelled."""
        while True:
            looked_at = perf_counter()
            await asyncio.sleep(TICK_SECONDS)
            self.note(looked_at, perf_counter())

    def note(self, looked_at: float, now: float) -> None:
        """Take the times of two looks at the clock, of which the second was due 20 ms after the first."""
        if now - looked_at - TICK_SECONDS >= NOTED_SECONDS:
            self._all.append(Standstill(looked_at, now))

    def longest(self, start: float = -math.inf, end: float = math.inf) -> float:
        """Return the seconds of the longest standstill that began before `end` and ended after `start`; 0 for none."""
        return max((each.seconds for each in self._all if each.start < end and each.end > start), default=0.0)
