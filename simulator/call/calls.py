"""The calls of a run, all at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from simulator.call.call import Call
from simulator.call.joint_start import JointStart
from simulator.call.plan import CallPlan
from simulator.call.result import CallResult
from simulator.platform.webhook_client import WebhookClient

WATCH_SECONDS = 0.25

Watch = Callable[[list[CallResult]], None]


async def place_calls(plan: CallPlan, watch: Watch) -> list[CallResult]:
    """Place the plan's calls and return their results.

    `watch` gets the unfinished results now and then. The platform's limit of new legs (docs/platform.md, 2.5) is not
    kept.
    """
    webhooks = WebhookClient(plan.signature, plan.retry_pause)
    joint_start = JointStart(plan.calls)
    calls = [Call(plan, index, webhooks, joint_start) for index in range(plan.calls)]
    results = [call.result for call in calls]
    try:
        # Before any socket opens: the requests of one call must not hold up the audio of another.
        await asyncio.gather(*(call.begin() for call in calls))
        async with asyncio.TaskGroup() as group:
            running = {group.create_task(call.play()) for call in calls}
            while running:
                _, running = await asyncio.wait(running, timeout=WATCH_SECONDS)
                watch(results)
    finally:
        await webhooks.close()
    return results
