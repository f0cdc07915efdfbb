"""One call, step by step as the platform does it: answer, greeting, socket after socket, hang-up, and the events."""

from __future__ import annotations

import asyncio
import datetime
import uuid
from time import perf_counter

import httpx2

from ..caller.caller import Caller
from ..record.events import CallAnswered, CallBegan, CallEnded, EventUndelivered, Judged, Why
from ..vonage.call_control import CallControl
from ..vonage.leg import Leg
from ..vonage.leg_limit import LegLimit
from ..vonage.ncco.actions import Action
from ..vonage.recording_server import RecordingServer
from ..vonage.requester import WebhookError
from ..vonage.webhooks import Webhooks
from .actions.context import ActionContext, Pace
from .audio_judgement import judge_audio
from .audio_rule import judge_heard
from .call_sockets import CallSockets
from .joint_start import JointStart
from .ncco_player import NccoPlayer, has_socket
from .plan import CallPlan
from .result import CallResult
from .standstills import Standstills
from .verdict import Outcome, Verdict


class Call:
    """A call to the account's number; its `result` fills while it runs."""

    def __init__(
        self,
        plan: CallPlan,
        index: int,
        webhooks: Webhooks,
        joint_start: JointStart,
        leg_limit: LegLimit,
        standstills: Standstills | None = None,
        recordings: RecordingServer | None = None,
        caller: Caller | None = None,
    ) -> None:
        """Take the call's index in the run, from 0, what all its calls share, and the caller if it isn't the script."""
        self._plan = plan
        self._index = index
        self._joint_start = joint_start
        self._leg_limit = leg_limit
        self._webhooks = webhooks
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
        self.result = CallResult(
            self._leg.conversation_uuid,
            caller.ledger,
            caller.play_out,
            Verdict(standstills=standstills or Standstills()),
            record=self._record,
            delay_asked=caller.delay_asked,
            heard_at=caller.line.heard_at,
            streamed=caller.line.streamed,
            late=caller.late,
            said=caller.said,
        )
        self._verdict = self.result.verdict

    @property
    def answered(self) -> bool:
        """Whether the caller's leg has been answered."""
        return self._leg.answered_at is not None

    async def begin(self) -> None:
        """Ask the answer webhook what to do, and check its NCCO."""
        time = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        leg, record = self._leg, self._record
        record.add(CallBegan(record.now, leg.conversation_uuid, leg.caller, leg.called, time))
        response = await self._ask_what_to_do()
        if response is None:
            return
        self._ncco_came_at = perf_counter()
        record.add(CallAnswered(record.now))
        for event in (leg.event("started"), leg.event("ringing"), leg.answered()):
            await self._control.tell(event)
        ncco = await self._control.read_ncco(response)
        self._verdict.ncco_came(ncco)
        self._actions = ncco.actions
        if self._echo_expected and self._verdict.outcome is Outcome.GOOD and not has_socket(self._actions):
            self._verdict.fail(Outcome.NCCO_WRONG, "the NCCO has no connect: there is no echo to check")

    async def play(self) -> None:
        """Carry out the webhooks' NCCOs until the caller hangs up or no action is left; then end the call."""
        async with asyncio.TaskGroup() as tasks:
            context = self._action_context(tasks)
            sockets = CallSockets(self._plan, self._index, self._caller, context, self._joint_start, self.result)
            if not self._echo_expected and self._actions:
                self._pick_up(sockets, context.pace)
            player = NccoPlayer(
                context,
                self.result,
                self._joint_start,
                sockets.stay_connected,
                echo_expected=self._echo_expected,
            )
            actions = tasks.create_task(player.play(self._actions))
            hung_up = tasks.create_task(self._caller.hung_up.wait())
            await asyncio.wait((actions, hung_up), return_when=asyncio.FIRST_COMPLETED)
            self.result.hung_up = self._caller.hung_up.is_set()
            for task in (actions, hung_up):
                task.cancel()
            await sockets.end()
            if not self._echo_expected:
                self._caller.play_out.advance(perf_counter())  # what is still queued is not heard
            elif self.result.hung_up:
                self._caller.play_out.end(perf_counter())
            await context.end()
            if self._leg.answered_at:
                await self._control.tell(self._leg.completed())
            await self._control.finish()
        self._judge()
        self.end("hung_up" if self.result.hung_up else "application" if self.answered else "unanswered")

    def end(self, why: Why) -> None:
        """Record the verdict, and that the call is over."""
        verdict = self._verdict
        judged = Judged(self._record.now, verdict.outcome.name.lower(), verdict.errors, verdict.warnings)
        self._record.add(judged)
        self._record.add(CallEnded(self._record.now, why))

    async def _ask_what_to_do(self) -> httpx2.Response | None:
        """Return the answer webhook's response, or failing that the fallback webhook's, or None."""
        start = perf_counter()
        try:
            response = await self._control.ask_answer_webhook()
        except WebhookError as error:
            self._verdict.webhook_failed("answer", error)
            failure = error
        else:
            self.result.answer_seconds = perf_counter() - start
            return response
        try:
            return await self._control.ask_fallback_webhook(str(failure))
        except WebhookError as fallback_error:
            if not (failure.unreachable and fallback_error.trouble == failure.trouble):  # a server is down once
                self._verdict.webhook_failed("fallback", fallback_error)
            return None

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
            warn=self._verdict.warn,
            tasks=tasks,
            pace=Pace(self._ncco_came_at),
        )

    def _pick_up(self, sockets: CallSockets, pace: Pace) -> None:
        """Let the caller speak from the answer on, whether or not a socket comes; the call's time begins."""
        self._joint_start.call_off()
        pace.begin()
        sockets.speak_from(perf_counter(), self._plan.script.seconds)

    def _judge(self) -> None:
        """Judge the call as a whole."""
        result = self.result
        for key in self._caller.unheard_keys:
            self._verdict.warn(f"key {key} was pressed when nothing listened")
        self._verdict.events_answered(self._control.answers)
        undelivered = [f"event {each.event_name}: {each.sentence}" for each in self._record.of(EventUndelivered)]
        if not self._echo_expected:
            judge_heard(result, self._plan.script)
            self._verdict.call_ended(undelivered, hung_up=True)  # it may end as the application likes
            return
        audio = judge_audio(result, self._plan.script, self._verdict.standstills)
        self._verdict.audio_judged(audio.faults, audio.doubts, audio.warnings)
        self._verdict.call_ended(undelivered, hung_up=result.hung_up, given_up=result.given_up)
