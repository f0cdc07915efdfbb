"""One call, step by step as the platform does it: answer, greeting, socket after socket, hang-up, and the events."""

from __future__ import annotations

import asyncio
import datetime
import uuid
from time import perf_counter

import httpx2

from ..audio.format import FRAMES_PER_SECOND
from ..caller.caller import Caller
from ..record.events import CallAnswered, CallBegan, CallEnded, CallPlanned, Webhook, WebhookFailed, Why
from ..vonage.call_control import CallControl
from ..vonage.leg import Leg
from ..vonage.leg_limit import LegLimit
from ..vonage.ncco.actions import Action
from ..vonage.recording_server import RecordingServer
from ..vonage.requester import WebhookError
from ..vonage.webhooks import Webhooks
from .actions.context import ActionContext, Pace
from .audio_rule import speech_onsets
from .call_sockets import CallSockets
from .joint_start import JointStart
from .machine_pauses import PauseWatch
from .ncco_player import NccoPlayer
from .plan import CallPlan
from .result import CallResult
from .verdict import judge

LONGEST_WAIT_SECONDS = 1800.0  # of a caller who expects an echo, for the first socket


class Call:
    """A call to the account's number; its `result` fills while it runs."""

    def __init__(
        self,
        plan: CallPlan,
        index: int,
        webhooks: Webhooks,
        joint_start: JointStart,
        leg_limit: LegLimit,
        pauses: PauseWatch | None = None,
        recordings: RecordingServer | None = None,
        caller: Caller | None = None,
    ) -> None:
        """Take the call's index in the run, from 0, what all its calls share, and the caller if it isn't the script."""
        self._plan = plan
        self._index = index
        self._joint_start = joint_start
        self._leg_limit = leg_limit
        self._webhooks = webhooks
        self._pauses = pauses or PauseWatch()
        self._recordings = recordings or RecordingServer()
        self._echo_expected = plan.script.expect == "echo"
        self._actions: list[Action] = []
        self._ncco_came_at = 0.0  # perf_counter, once the answer or fallback webhook has answered
        # The platform's uuids have dashes or none: this leg's has none, the socket leg's has them.
        conversation, application = f"CON-{uuid.uuid4()}", plan.application
        self._leg = Leg(application.caller, application.called, conversation, uuid=uuid.uuid4().hex)
        caller = self._caller = caller or Caller(plan.script, index)
        self._record = caller.record
        self._control = CallControl(
            plan.application, webhooks, self._leg, self._record, events_duplicated=plan.events_duplicated
        )
        self.result = CallResult(self._record, caller.sound)

    @property
    def answered(self) -> bool:
        return self._leg.answered_at is not None

    async def begin(self) -> None:
        time = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        leg, record = self._leg, self._record
        self._pauses.follow(record)
        record.add(self._planned())
        record.add(CallBegan(record.now, leg.conversation_uuid, leg.caller, leg.called, time))
        response = await self._request_answer()
        if response is None:
            return
        self._ncco_came_at = perf_counter()
        record.add(CallAnswered(record.now))
        for event in (leg.event("started"), leg.event("ringing"), leg.answered()):
            await self._control.report(event)
        self._actions = (await self._control.read_ncco(response)).actions

    async def play(self) -> None:
        """Carry out the webhooks' NCCOs until the caller hangs up or no action is left; then end the call."""
        async with asyncio.TaskGroup() as tasks:
            context = self._action_context(tasks)
            sockets = CallSockets(self._plan, self._index, self._caller, context, self._joint_start)
            if not self._echo_expected and self._actions:
                self._pick_up(sockets, context.pace)
            player = NccoPlayer(
                context,
                self._joint_start,
                sockets.stay_connected,
                echo_expected=self._echo_expected,
            )
            actions = tasks.create_task(player.play(self._actions))
            hung_up = tasks.create_task(self._caller.hung_up.wait())
            speaking = tasks.create_task(self._speaks_in_time(context))
            await asyncio.wait((actions, hung_up, speaking), return_when=asyncio.FIRST_COMPLETED)
            has_hung_up = self._caller.hung_up.is_set()
            for task in (actions, hung_up, speaking):
                task.cancel()
            await sockets.end()
            if not self._echo_expected:
                self._caller.play_out.advance(self._record.now)  # what is still queued is not heard
            elif has_hung_up:
                self._caller.play_out.end(self._record.now)
            await context.end()
            if self._leg.answered_at:
                await self._control.report(self._leg.completed("user" if has_hung_up else "platform"))
            await self._control.finish()
        self.end("hung_up" if has_hung_up else "application" if self.answered else "unanswered")

    def end(self, why: Why) -> None:
        """Record that the call is over, and the verdict on it."""
        self._pauses.leave(self._record)
        self._record.add(CallEnded(self._record.now, why))
        self._record.add(judge(self._record))

    async def _request_answer(self) -> httpx2.Response | None:
        """Return the answer webhook's response, or failing that the fallback webhook's, or None."""
        try:
            return await self._control.request_answer()
        except WebhookError as error:
            self._record_failure("answer", error)
            reason = str(error)
        try:
            return await self._control.request_fallback(reason)
        except WebhookError as error:
            self._record_failure("fallback", error)
            return None

    async def _speaks_in_time(self, context: ActionContext) -> None:
        """Return once the caller has waited too long for a socket to speak into."""
        await asyncio.sleep(LONGEST_WAIT_SECONDS)
        if self._record.frames.first_at is not None:
            await asyncio.Event().wait()
        context.fail(
            f"no socket has opened within {LONGEST_WAIT_SECONDS / 60:g} minutes of the answer, so there is no echo to"
            " check; this simulator ends the call: shorten what comes before the connect, or set --expect"
        )

    def _record_failure(self, webhook: Webhook, error: WebhookError) -> None:
        record = self._record
        record.add(WebhookFailed(record.now, webhook, error.url, error.trouble, error.timed_out, error.unreachable))

    def _planned(self) -> CallPlanned:
        script = self._plan.script
        onsets: tuple[float, ...] = ()
        if script.expect == "audio":
            onsets = speech_onsets(script.speech, round(script.seconds * FRAMES_PER_SECOND))
        return CallPlanned(
            self._record.now,
            script.expect,
            script.delay,
            script.patience,
            tuple((stall.seconds, stall.at) for stall in script.stalls),
            onsets,
            self._plan.must,
            script.threshold,
            script.noises,
            tuple(f'"{each.when}", to {each.name}' for each in script.reactions),
        )

    def _action_context(self, tasks: asyncio.TaskGroup) -> ActionContext:
        return ActionContext(
            self._leg,
            self._control,
            self._caller.line,
            self._webhooks,
            self._recordings,
            self._leg_limit,
            callee=self._plan.callee,
            speaks=self._plan.greeting_spoken,
            tasks=tasks,
            pace=Pace(self._ncco_came_at),
        )

    def _pick_up(self, sockets: CallSockets, pace: Pace) -> None:
        """Let the caller speak from the answer on, whether or not a socket comes; the call's time begins."""
        self._joint_start.call_off()
        pace.begin()
        sockets.speak_from(self._record.now, self._plan.script.seconds)
