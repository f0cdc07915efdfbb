"""The calls of a run, all at the same time as far as the account's limit allows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..vonage.leg_limit import LegLimit
from ..vonage.recording_server import RecordingServer
from ..vonage.webhooks import Webhooks
from .call import Call
from .joint_start import JointStart
from .machine_pauses import PauseWatch
from .plan import CallPlan
from .result import CallResult

WATCH_SECONDS = 0.25

Watch = Callable[[list[CallResult]], None]


async def place_calls(plan: CallPlan, watch: Watch) -> list[CallResult]:
    """Place the plan's calls and return their results; `watch` gets the unfinished results now and then."""
    webhooks = Webhooks(plan.application, plan.retry_pause)
    joint_start, leg_limit = JointStart(plan.calls), LegLimit(plan.connects_per_second, plan.refused_as)
    pauses, recordings = PauseWatch(), RecordingServer()
    calls = [
        Call(plan, index, webhooks, joint_start, leg_limit, pauses, recordings=recordings)
        for index in range(plan.calls)
    ]
    results = [call.result for call in calls]
    clock = asyncio.create_task(pauses.run())
    try:
        if plan.connects_per_second:
            # The application paces each call from its answer on: no call may wait for the answers of others.
            joint_start.call_off()
            courses = [_begin_and_play(call) for call in calls]
        else:
            # Before any socket opens: the requests of one call must not hold up the audio of another.
            await asyncio.gather(*(call.begin() for call in calls))
            courses = [call.play() for call in calls]
        async with asyncio.TaskGroup() as group:
            running = {group.create_task(course) for course in courses}
            while running:
                _, running = await asyncio.wait(running, timeout=WATCH_SECONDS)
                watch(results)
    finally:
        clock.cancel()
        await recordings.close()
        await webhooks.close()
    return results


async def _begin_and_play(call: Call) -> None:
    await call.begin()
    await call.play()
