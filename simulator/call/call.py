"""One call, step by step as the platform does it: answer, greeting, socket after socket, hang-up, and the events."""

from __future__ import annotations

import asyncio
import uuid
from time import perf_counter

import httpx2

from ..audio import FRAME_SECONDS, FRAMES_PER_SECOND, AudioFormat
from ..caller.caller import Caller
from ..caller.speech import speech_frames
from ..platform.call_control import CallControl
from ..platform.connect_action import ConnectAction
from ..platform.field_check import Action
from ..platform.leg import Leg
from ..platform.leg_limit import LegLimit, LegRefusedError
from ..platform.ncco_check import CheckedNcco
from ..platform.recording_server import RecordingServer
from ..platform.socket_leg import SocketLeg, SocketNotOpenedError
from ..platform.webhook_client import WebhookClient, WebhookError
from .actions.context import ActionContext, Pace
from .audio_judgement import judge_audio
from .audio_rule import judge_heard
from .joint_start import JointStart
from .ncco_player import NccoPlayer, has_socket
from .patience import Patience
from .plan import CallPlan
from .result import CallResult
from .standstills import Standstills
from .verdict import Outcome, Verdict

PHONE_FORMAT = AudioFormat.L16_16000  # of what a caller says before any socket has named another


class Call:
    """A call to the account's number; its `result` fills while it runs."""

    def __init__(
        self,
        plan: CallPlan,
        index: int,
        webhooks: WebhookClient,
        joint_start: JointStart,
        leg_limit: LegLimit,
        standstills: Standstills | None = None,
        recordings: RecordingServer | None = None,
    ) -> None:
        """Take the call's index in the run, from 0, and what all its calls share."""
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
        self._leg = Leg(plan.caller_number, plan.called_number, f"CON-{uuid.uuid4()}", uuid=uuid.uuid4().hex)
        caller = self._caller = Caller(plan.script, index)
        self._course = caller.line.course
        self._control = CallControl(
            plan.application, webhooks, self._leg, self._course, events_duplicated=plan.events_duplicated
        )
        self._speech: asyncio.Task[None] | None = None  # from the first socket on
        self._patience = Patience(plan.calls, plan.connects_per_second)
        self._connection: ConnectAction | None = None  # while its socket is open
        self.result = CallResult(
            self._leg.conversation_uuid,
            caller.ledger,
            caller.play_out,
            Verdict(standstills=standstills or Standstills()),
            delay_asked=caller.delay_asked,
            course=self._course,
            heard_at=caller.line.heard_at,
            streamed=caller.line.streamed,
            late=caller.late,
            said=caller.said,
            moments=caller.moments,
        )
        self._verdict = self.result.verdict

    async def begin(self) -> None:
        """Ask the answer webhook what to do, and check its NCCO."""
        response = await self._ask_what_to_do()
        if response is None:
            return
        self._ncco_came_at = perf_counter()
        self._course.begin()
        for event in (self._leg.event("started"), self._leg.event("ringing"), self._leg.answered()):
            await self._control.tell(event)
        ncco = await self._control.read_ncco(response)
        self._verdict.ncco_came(ncco)
        self._actions = ncco.actions
        if self._echo_expected and self._verdict.outcome is Outcome.GOOD and not has_socket(self._actions):
            self._verdict.fail(Outcome.NCCO_WRONG, "the NCCO has no connect: there is no echo to check")

    async def play(self) -> None:
        """Carry out the webhooks' NCCOs until the caller hangs up or no action is left; then end the call."""
        async with asyncio.TaskGroup() as tasks:
            if not self._echo_expected and self._actions:
                self._pick_up(tasks)
            context = self._action_context(tasks)
            player = NccoPlayer(
                context,
                self.result,
                self._joint_start,
                lambda action: self._stay_connected(action, tasks),
                echo_expected=self._echo_expected,
            )
            actions = tasks.create_task(player.play(self._actions))
            hung_up = tasks.create_task(self._caller.hung_up.wait())
            await asyncio.wait((actions, hung_up), return_when=asyncio.FIRST_COMPLETED)
            self.result.hung_up = self._caller.hung_up.is_set()
            for task in filter(None, (actions, hung_up, self._speech)):
                task.cancel()
            if self._connection:
                await self._hang_up(self._connection)
            if not self._echo_expected:
                self._caller.play_out.advance(perf_counter())  # what is still queued is not heard
            elif self.result.hung_up:
                self._caller.play_out.end(perf_counter())
            await context.end()
            if self._leg.answered_at:
                await self._control.tell(self._leg.completed())
            await self._control.finish()
        self._judge()

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

    def _pick_up(self, tasks: asyncio.TaskGroup) -> None:
        """Let the caller speak from the answer on, whether or not a socket comes; the call's time begins."""
        self._joint_start.call_off()
        self._course.begin()
        started_at = self._ncco_came_at = self.result.started_at = perf_counter()
        self._caller.pick_up(speech_frames(self._plan.script.speech, PHONE_FORMAT))
        frame_count = max(1, round(self._plan.script.seconds * FRAMES_PER_SECOND))
        self._speech = tasks.create_task(self._caller.speak(frame_count, started_at))

    async def _stay_connected(self, action: Action, tasks: asyncio.TaskGroup) -> CheckedNcco | None:
        """Connect the call until the socket ends; return the NCCO that then replaces the rest of the call, if any."""
        connection = ConnectAction(
            action, self._leg, self._control, self._leg_limit, tasks, self._plan.signature, self._plan.tls
        )
        if connection.lacks_signature:
            self._verdict.warn("authorization of type vonage: this simulator has no secret to sign with")
        try:
            await self._connect(connection, tasks)
        except SocketNotOpenedError as error:
            self.result.connects_refused += isinstance(error, LegRefusedError)
            new_ncco = await connection.report_failure(error)
            self._verdict.socket_not_opened(connection.uri, error, new_ncco)
            if not self._speech and self._patience.ends(perf_counter()):
                self._verdict.no_socket_opened(self._patience.seconds)
                return None
            return new_ncco
        if not await self._closed_within_limit(connection):
            return None
        self._connection = None
        self._caller.disconnect()
        new_ncco = await connection.report_disconnection()
        self._socket_ended(connection.socket, new_ncco)
        return new_ncco

    async def _closed_within_limit(self, connection: ConnectAction) -> bool:
        """Wait until the server closes the socket; where no echo is counted, end it at the connect's limit."""
        try:
            async with asyncio.timeout(None if self._echo_expected else connection.limit_seconds):
                await connection.socket.wait_closed()
        except TimeoutError:
            await self._hang_up(connection)
            self._connection = None
            self._caller.disconnect()
            return False
        return True

    def _socket_ended(self, socket: SocketLeg, new_ncco: CheckedNcco | None) -> None:
        if self._echo_expected or new_ncco is not None:
            self._verdict.socket_ended(socket, self.result.ledger.frames_sent * FRAME_SECONDS, new_ncco)
            return
        self._verdict.messages_came(socket)  # the application may end the call so
        self._course.note("closed", f"by the server, code {socket.close_code}")

    async def _connect(self, connection: ConnectAction, tasks: asyncio.TaskGroup) -> None:
        """Open the socket and let the caller speak into it. Raises SocketNotOpenedError."""
        start = perf_counter()
        told = await connection.open(self._caller)
        self._connection = connection
        self._caller.connect(connection.socket, speech_frames(self._plan.script.speech, connection.audio_format))
        if self.result.connected_at is not None:
            self.result.moves += 1
            return
        self.result.connected_at = perf_counter()
        self.result.connect_seconds = self.result.connected_at - start
        self.result.audio_format = connection.audio_format
        if self._speech:
            return
        await self._joint_start.wait(told)
        started_at = self.result.started_at = self._joint_start.next_frame_at(self._index, perf_counter())
        seconds = min(self._plan.script.seconds, connection.limit_seconds)
        frame_count = max(1, round(seconds * FRAMES_PER_SECOND))
        self._speech = tasks.create_task(self._caller.speak(frame_count, started_at))

    async def _hang_up(self, connection: ConnectAction) -> None:
        caller_is_first = connection.socket.is_open  # the server may have closed it a moment ago
        await connection.hang_up()
        self._verdict.messages_came(connection.socket)
        if not caller_is_first:
            self._caller.disconnect()

    def _judge(self) -> None:
        """Judge the call as a whole."""
        result = self.result
        for key in self._caller.unheard_keys:
            self._verdict.warn(f"key {key} was pressed when nothing listened")
        self._verdict.events_answered(self._control.answers)
        if not self._echo_expected:
            judge_heard(result, self._plan.script)
            self._verdict.call_ended(self._control.undelivered, hung_up=True)  # it may end as the application likes
            return
        audio = judge_audio(result, self._plan.script, self._verdict.standstills)
        self._verdict.audio_judged(audio.faults, audio.doubts, audio.warnings)
        self._verdict.call_ended(self._control.undelivered, hung_up=result.hung_up, given_up=result.given_up)
