"""The pauses of this machine: what went wrong in one may be no fault of the application."""

from __future__ import annotations

import asyncio
import math
from time import perf_counter

from ..record.events import MachinePaused
from ..record.record import Record

TICK_SECONDS = 0.02
NOTED_SECONDS = 0.02  # shorter ones are every busy machine's


class PauseWatch:
    """Sees the pauses of a run, and adds each to the record of every call that goes on.

    While the process is paused, it hears nothing and says nothing. Then everything goes at once: the frames that are
    due leave in a burst, and those that have arrived are played late, as long as the play-out queue doesn't run empty.
    """

    def __init__(self) -> None:
        self._records: list[Record] = []

    def follow(self, record: Record) -> None:
        self._records.append(record)

    def leave(self, record: Record) -> None:
        self._records.remove(record)

    async def run(self) -> None:
        """Look at the clock every 20 ms, until cancelled."""
        while True:
            looked_at = perf_counter()
            await asyncio.sleep(TICK_SECONDS)
            seconds = perf_counter() - looked_at
            if seconds - TICK_SECONDS >= NOTED_SECONDS:
                for record in self._records:
                    record.add(MachinePaused(record.now, round(seconds, 6)))


def longest_pause(record: Record, start: float = -math.inf, end: float = math.inf) -> float:
    """Return the seconds of the longest pause that began before `end` and ended after `start`; 0 for none."""
    pauses = record.of(MachinePaused)
    return max((each.seconds for each in pauses if each.at - each.seconds < end and each.at > start), default=0.0)
