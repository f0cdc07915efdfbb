"""All calls of a run, at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter

from simulator.call import Call, CallsTogether
from simulator.call_plan import CallPlan
from simulator.call_result import CallResult
from simulator.webhook_client import WebhookClient

WATCH_SECONDS = 0.25

Watch = Callable[[list[CallResult]], None]


async def place_calls(plan: CallPlan, watch: Watch) -> list[CallResult]:
    """Place the plan's calls, all at the same time, and return their results.

    `watch` gets the unfinished results now and then. The platform's own limit of 3 new legs a second is not kept.
    """
    webhooks = WebhookClient(plan.signature, plan.retry_pause)
    together = CallsTogether(perf_counter(), asyncio.Barrier(plan.calls))
    calls = [Call(plan, index, webhooks, together) for index in range(plan.calls)]
    results = [call.result for call in calls]
    try:
        # Before any socket opens, so that asking for one call does not hold up the audio of another.
        await asyncio.gather(*(call.begin() for call in calls))
        async with asyncio.TaskGroup() as group:
            running = {group.create_task(call.play()) for call in calls}
            while running:
                _, running = await asyncio.wait(running, timeout=WATCH_SECONDS)
                watch(results)
    finally:
        await webhooks.close()
    return results
