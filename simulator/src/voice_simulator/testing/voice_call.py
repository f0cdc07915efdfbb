"""Places a call from within a test, whether or not an event loop runs there."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Unpack

from ..call.calls import place_calls
from .call_options import CallOptions, PlannedCall, plan_call
from .placed_call import PlacedCall


class VoiceCall:
    """Calls an application: `voice_call(answer_url, ...)` in a test, `await voice_call.place(...)` in an async one.

    The call runs in a thread and an event loop of its own: the application may run in another thread, in an async
    test's event loop, or anywhere else. Neither way raises anything for what the application does wrong: the placed
    call tells it. Both raise TypeError for an option that CallOptions hasn't, ValueError for a wrong value.
    """

    def __call__(self, answer_url: str, **options: Unpack[CallOptions]) -> PlacedCall:
        """Place one call, and return it when it is over. Raises RuntimeError in an async test."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            planned = plan_call(answer_url, options)
            with ThreadPoolExecutor(1, "voice_call") as thread:
                return thread.submit(_place, planned).result()
        raise RuntimeError("this would block the event loop that runs here: await voice_call.place(...) instead")

    async def place(self, answer_url: str, **options: Unpack[CallOptions]) -> PlacedCall:
        """Place one call, and return it when it is over; the event loop goes on meanwhile."""
        return await asyncio.to_thread(_place, plan_call(answer_url, options))


def _place(planned: PlannedCall) -> PlacedCall:
    (result,) = asyncio.run(place_calls(planned.plan, lambda results: None))
    planned.scenario.judge(result)
    return PlacedCall(result)
