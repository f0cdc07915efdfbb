from __future__ import annotations

import asyncio
from time import perf_counter

import pytest

from voice_simulator.call.joint_start import MAX_WAIT_SECONDS, JointStart


async def test_the_frames_of_the_calls_are_spread_over_20_ms() -> None:
    start, now = JointStart(4), perf_counter() + 5
    times = [start.next_frame_at(index, now) for index in range(4)]
    assert all(now <= time < now + 0.02 for time in times)
    assert [(time - times[0]) % 0.02 for time in times[1:]] == pytest.approx([0.005, 0.010, 0.015])


async def test_a_call_waits_for_the_events_of_all() -> None:
    start, loop = JointStart(2), asyncio.get_running_loop()
    delivered: list[asyncio.Future[None]] = [loop.create_future() for _ in range(2)]
    async with asyncio.timeout(MAX_WAIT_SECONDS / 2):
        calls = [asyncio.create_task(start.wait(events)) for events in delivered]
        delivered[0].set_result(None)
        for _ in range(10):  # turns of the loop, more than the first call needs
            await asyncio.sleep(0)
        assert not any(call.done() for call in calls)
        delivered[1].set_result(None)
        await asyncio.gather(*calls)


@pytest.mark.parametrize("early", [True, False])
async def test_when_it_is_called_off_each_call_starts_at_once(early: bool) -> None:
    start, loop = JointStart(2), asyncio.get_running_loop()
    delivered: asyncio.Future[None] = loop.create_future()
    if early:
        start.call_off()
    else:
        delivered.set_result(None)
    async with asyncio.timeout(MAX_WAIT_SECONDS / 2):
        call = asyncio.create_task(start.wait(delivered))
        await asyncio.sleep(0)
        start.call_off()
        await call
