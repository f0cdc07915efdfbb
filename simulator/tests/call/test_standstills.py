from __future__ import annotations

import asyncio
import math
import time

import pytest

from voice_simulator.call.standstills import Standstills


def test_a_look_at_the_clock_in_time_is_no_standstill() -> None:
    standstills = Standstills()
    standstills.note(10.0, 10.03)
    assert standstills.longest(0, math.inf) == 0.0


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [(0, 99, 0.35), (0, 10.1, 0.35), (10.3, 11, 0.35), (0, 10, 0), (10.5, 19, 0), (19, 21, 0.1)],
)
def test_a_standstill_counts_for_the_times_that_it_touches(start: float, end: float, seconds: float) -> None:
    standstills = Standstills()
    standstills.note(10.0, 10.35)
    standstills.note(20.0, 20.1)
    assert standstills.longest(start, end) == pytest.approx(seconds)


async def test_the_watch_sees_that_the_process_stood_still() -> None:
    standstills = Standstills()
    watch = asyncio.create_task(standstills.watch())
    await asyncio.sleep(0)
    time.sleep(0.12)  # noqa: ASYNC251  # the process stands still
    await asyncio.sleep(0.001)
    watch.cancel()
    assert standstills.longest() >= 0.12
