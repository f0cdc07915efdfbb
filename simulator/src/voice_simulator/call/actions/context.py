"""What the actions of one call share."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal

from ...record.events import ProblemFound
from ...record.record import Record
from ...vonage.call_control import CallControl
from ...vonage.leg import Leg
from ...vonage.leg_limit import LegLimit
from ...vonage.line import Line
from ...vonage.recording_server import RecordingServer
from ...vonage.webhooks import Webhooks

CalleeConduct = Literal["answers", "busy", "unanswered"]


class Pace:
    """The time at which the next action begins: the events in between, and other calls, must not change it."""

    def __init__(self, begins_at: float) -> None:
        """Take when the first action begins (perf_counter)."""
        self._begins_at = begins_at

    def begin(self) -> None:
        """Let the next action begin now, as its NCCO has just come or the action before it has no fixed length."""
        self._begins_at = perf_counter()

    async def last(self, seconds: float, breaks_off: asyncio.Event | None = None) -> None:
        """Let an action last so many seconds, infinity for no end, or until an event breaks it off."""
        self._begins_at += seconds
        rest = None if math.isinf(seconds) else max(0.0, self._begins_at - perf_counter())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(rest):
                await (breaks_off or asyncio.Event()).wait()
                self.begin()


@dataclass
class ActionContext:
    """The parts of one call that its actions use."""

    phone_leg: Leg
    control: CallControl
    line: Line
    webhooks: Webhooks
    recordings: RecordingServer
    leg_limit: LegLimit
    callee: CalleeConduct
    speaks: bool  # whether talk and stream take their time
    tasks: asyncio.TaskGroup
    pace: Pace
    # What is to be done, in this order, if the call ends while something goes on; whoever ends that takes it out.
    at_end: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)

    @property
    def record(self) -> Record:
        return self.control.record

    def warn(self, sentence: str) -> None:
        """Record what this simulator can't do, or could not get."""
        self.record.add(ProblemFound(self.record.now, sentence, False, "", about="simulator"))

    def fail(self, sentence: str) -> None:
        """Record why this simulator ends the call: the application goes beyond what it takes."""
        self.record.add(ProblemFound(self.record.now, sentence, True, "", about="simulator"))

    async def end(self) -> None:
        for uuid in list(self.at_end):
            await self.at_end.pop(uuid)()
