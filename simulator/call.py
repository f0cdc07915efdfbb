"""One call, step by step as the platform does it: answer, greeting, socket after socket, hang-up, and the events."""

from __future__ import annotations

import asyncio
import contextlib
import math
import uuid
from time import perf_counter
from typing import NamedTuple

from shared.audio import FRAMES_PER_SECOND
from simulator.application import Action, Application
from simulator.call_plan import CallPlan
from simulator.call_result import CallResult, Outcome
from simulator.caller import Caller
from simulator.connect import Connect
from simulator.events import Leg
from simulator.playout import CAPACITY, FRAME_SECONDS
from simulator.socket_leg import SocketNotOpenedError
from simulator.stall import lag_fault
from simulator.webhook_client import WebhookClient

TOGETHER_SECONDS = 3.0
SPOKEN_CHARACTERS_PER_SECOND = 15  # about, by the platform's voices
DEFAULT_LIMIT_SECONDS = 7200


class CallsTogether(NamedTuple):
    """What the calls of a run have in common while they run."""

    epoch: float  # an instant (perf_counter)
    sockets_open: asyncio.Barrier


class Call:
    """A call to the account's number; its `result` fills while it runs."""

    def __init__(self, plan: CallPlan, index: int, webhooks: WebhookClient, together: CallsTogether) -> None:
        """Take the call's index in the run, from 0."""
        self._plan = plan
        self._together = together
        # Spread evenly over 20 ms: the frames of real calls are not in step either.
        self._phase = together.epoch + index / plan.calls * FRAME_SECONDS
        self._actions: list[Action] = []
        # The platform's uuids have dashes or none: this leg's has none, the socket leg's has them.
        self._leg = Leg(plan.caller_number, plan.called_number, f"CON-{uuid.uuid4()}", uuid=uuid.uuid4().hex)
        caller = self._caller = Caller(plan, index)
        self._speech: asyncio.Task[None] | None = None  # from the first socket on
        self._connect: Connect | None = None  # while its socket is open
        self.result = CallResult(
            self._leg.conversation_uuid, caller.check, caller.play_out, late=caller.late, audio=caller.audio
        )
        self._application = Application(plan, webhooks, self.result)

    async def begin(self) -> None:
        """Ask the answer webhook what to do, and judge what it says."""
        response = await self._application.answer(self._leg)
        if response is None:
            return
        for event in (self._leg.event("started"), self._leg.event("ringing"), self._leg.answered()):
            await self._application.tell(event)
        self._actions = await self._application.judge(response)
        if self.result.outcome is Outcome.GOOD and all(action["action"] != "connect" for action in self._actions):
            self.result.fail(Outcome.NCCO_WRONG, "the NCCO has no connect: there is no echo to check")

    async def play(self) -> None:
        """Do what the webhooks say, until the caller hangs up or no action is left; then end the call."""
        async with asyncio.TaskGroup() as tasks:
            actions = tasks.create_task(self._carry_out(self._actions, tasks))
            hung_up = tasks.create_task(self._caller.hung_up.wait())
            await asyncio.wait((actions, hung_up), return_when=asyncio.FIRST_COMPLETED)
            self.result.hung_up = self._caller.hung_up.is_set()
            for task in filter(None, (actions, hung_up, self._speech)):
                task.cancel()
            if self._connect and not await self._connect.hang_up():
                self._caller.disconnect()
            if self.result.hung_up:
                self._caller.play_out.end(perf_counter())
            if self._leg.answered_at:
                await self._application.tell(self._leg.completed())
        self._judge()

    async def _carry_out(self, actions: list[Action], tasks: asyncio.TaskGroup) -> None:
        while actions:
            action, *actions = actions
            if action["action"] == "talk":
                await self._talk(action)
            elif (ncco := await self._stay_connected(action, tasks)) is not None:
                actions = ncco

    async def _talk(self, action: Action) -> None:
        if self._plan.greeting_spoken:
            await asyncio.sleep(len(action["text"]) * action.get("loop", 1) / SPOKEN_CHARACTERS_PER_SECOND)

    async def _stay_connected(self, action: Action, tasks: asyncio.TaskGroup) -> list[Action] | None:
        """Connect the call until the socket ends; return the NCCO that then replaces the rest of the call, if any."""
        connect = Connect(action, self._leg, self._application, self.result, tasks)
        try:
            told = await connect.open(self._caller, self._plan.speech)
        except SocketNotOpenedError as error:
            return await connect.report_failure(error)
        self._connect = connect
        if self._speech:
            self.result.moves += 1
        else:
            await self._wait_for_others(told)
            start, count = self._schedule(action.get("limit", DEFAULT_LIMIT_SECONDS))
            self.result.started_at = start
            self._speech = tasks.create_task(self._caller.speak(count, start))
        await connect.wait_closed()
        self._connect = None
        self._caller.disconnect()
        return await connect.report_disconnection()

    async def _wait_for_others(self, told: asyncio.Task[None]) -> None:
        """Let all calls get this far before the first frame, but not for long: handshakes and events disturb audio."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TOGETHER_SECONDS):
                await asyncio.shield(told)
                await self._together.sockets_open.wait()

    def _schedule(self, limit: float) -> tuple[float, int]:
        """Return when the first frame is due (perf_counter), and how many there will be."""
        periods = math.ceil((perf_counter() - self._phase) / FRAME_SECONDS)
        count = max(1, round(min(self._plan.seconds, limit) * FRAMES_PER_SECOND))
        return self._phase + periods * FRAME_SECONDS, count

    def _judge(self) -> None:
        """Note what is wrong with the call as a whole."""
        result = self.result
        faults = [result.check.fault]
        if overflowed := result.play_out.frames_overflowed:
            faults.append(f"{overflowed} frames overflowed the platform's queue of {CAPACITY}")
        if result.hung_up and result.started_at is not None:
            heard_at = [time - result.started_at for time in result.play_out.played_at]
            faults.append(lag_fault(self._plan.stalls, heard_at, result.play_out.lags))
        for fault in filter(None, faults):
            result.fail(Outcome.AUDIO_WRONG, f"audio, {fault}")
        if not result.hung_up and result.outcome is Outcome.GOOD:
            result.fail(Outcome.CONNECTION_FAILED, "the last action ended before the caller hung up")
