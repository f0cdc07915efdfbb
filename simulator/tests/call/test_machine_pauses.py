from __future__ import annotations

import asyncio
import math

import pytest

from simulator.tests.harness.records import record
from simulator.tests.harness.simulated_time import stand_still
from voice_simulator.call.machine_pauses import PauseWatch, longest_pause
from voice_simulator.record.events import MachinePaused
from voice_simulator.record.record import Record


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [(0, 99, 0.35), (0, 10.1, 0.35), (10.3, 11, 0.35), (0, 10, 0), (10.5, 19, 0), (19, 21, 0.1)],
)
def test_a_pause_counts_for_the_times_that_it_touches(start: float, end: float, seconds: float) -> None:
    paused = record(MachinePaused(10.35, 0.35), MachinePaused(20.1, 0.1))
    assert longest_pause(paused, start, end) == pytest.approx(seconds)


async def test_the_watch_sees_that_the_process_was_paused() -> None:
    pauses, followed, left = PauseWatch(), Record(), Record()
    pauses.follow(followed)
    pauses.follow(left)
    pauses.leave(left)
    watch = asyncio.create_task(pauses.run())
    await asyncio.sleep(0)
    stand_still(0.12)
    await asyncio.sleep(0.001)
    watch.cancel()
    assert longest_pause(followed, 0, math.inf) >= 0.12
    assert left.events == []
