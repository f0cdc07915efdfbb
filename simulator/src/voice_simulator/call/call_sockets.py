"""The sockets of one call, one after the other, and what the caller says meanwhile."""

from __future__ import annotations

import asyncio
from time import perf_counter

from ..audio.format import FRAME_SECONDS, FRAMES_PER_SECOND
from ..caller.caller import Caller
from ..record.events import ClosedBy, SocketReported
from ..vonage.connect_action import ConnectAction
from ..vonage.leg_limit import LegRefusedError
from ..vonage.ncco.actions import Connect, WebSocket
from ..vonage.ncco.ncco import Ncco
from ..vonage.socket_leg import SocketLeg, SocketNotOpenedError
from .actions.context import ActionContext
from .joint_start import JointStart
from .patience import Patience
from .plan import CallPlan
from .result import CallResult


class CallSockets:
    """Connects a call to the sockets that its NCCOs name; the caller speaks from the first one on, or before."""

    def __init__(
        self,
        plan: CallPlan,
        index: int,
        caller: Caller,
        context: ActionContext,
        joint_start: JointStart,
        result: CallResult,
    ) -> None:
        """Take the call's index in the run, from 0, its caller, and what its actions share."""
        self._plan = plan
        self._index = index
        self._caller = caller
        self._context = context
        self._joint_start = joint_start
        self._result = result
        self._verdict = result.verdict
        self._echo_expected = plan.script.expect == "echo"
        self._patience = Patience(plan.calls, plan.connects_per_second)
        self._speech: asyncio.Task[None] | None = None  # from the first socket on, or from the answer
        self._connection: ConnectAction | None = None  # while its socket is open

    def speak_from(self, started_at: float, seconds: float) -> None:
        """Let the caller speak so many seconds from a time on (perf_counter)."""
        self._result.started_at = started_at
        frame_count = max(1, round(seconds * FRAMES_PER_SECOND))
        self._speech = self._context.tasks.create_task(self._caller.speak(frame_count, started_at))

    async def stay_connected(self, action: Connect, endpoint: WebSocket) -> Ncco | None:
        """Connect the call until the socket ends; return the NCCO that then replaces the rest of the call, if any."""
        context = self._context
        connection = ConnectAction(
            action,
            endpoint,
            context.phone_leg,
            context.control,
            context.leg_limit,
            context.tasks,
            self._plan.application.signature,
            self._plan.application.tls,
        )
        if connection.lacks_signature:
            self._verdict.warn("authorization of type vonage: this simulator has no secret to sign with")
        try:
            await self._connect(connection)
        except SocketNotOpenedError as error:
            return await self._report_failure(connection, error)
        if not await self._closed_within_limit(connection):
            return None
        self._connection = None
        self._caller.disconnect()
        new_ncco = await connection.report_disconnection()
        self._record_reported(new_ncco)
        self._socket_ended(connection.socket, new_ncco)
        return new_ncco

    async def end(self) -> None:
        """Let the caller fall silent, and close the socket if one is open."""
        if self._speech:
            self._speech.cancel()
        if self._connection:
            await self._hang_up(self._connection)

    async def _report_failure(self, connection: ConnectAction, error: SocketNotOpenedError) -> Ncco | None:
        self._result.connects_refused += isinstance(error, LegRefusedError)
        new_ncco = await connection.report_failure(error)
        self._record_reported(new_ncco)
        self._verdict.socket_not_opened(connection.uri, error, new_ncco)
        if not self._speech and self._patience.ends(perf_counter()):
            self._verdict.no_socket_opened(self._patience.seconds)
            return None
        return new_ncco

    async def _closed_within_limit(self, connection: ConnectAction) -> bool:
        """Wait until the server closes the socket; where no echo is counted, end it at the connect's limit."""
        try:
            async with asyncio.timeout(None if self._echo_expected else connection.limit_seconds):
                await connection.wait_closed()
        except TimeoutError:
            await self._hang_up(connection, "platform")
            self._connection = None
            self._caller.disconnect()
            return False
        return True

    def _socket_ended(self, socket: SocketLeg, new_ncco: Ncco | None) -> None:
        if self._echo_expected or new_ncco is not None:
            self._verdict.socket_ended(socket, self._result.ledger.frames_sent * FRAME_SECONDS, new_ncco)
            return
        self._verdict.messages_came(socket)  # the application may end the call so

    def _record_reported(self, new_ncco: Ncco | None) -> None:
        record = self._context.record
        record.add(SocketReported(record.now, new_ncco is not None))

    async def _connect(self, connection: ConnectAction) -> None:
        """Open the socket and let the caller speak into it. Raises SocketNotOpenedError."""
        start, result = perf_counter(), self._result
        told = await connection.open(self._caller)
        self._connection = connection
        self._caller.connect(connection.socket, connection.audio_format)
        if result.connected_at is not None:
            result.moves += 1
            return
        result.connected_at = perf_counter()
        result.connect_seconds = result.connected_at - start
        result.audio_format = connection.audio_format
        if self._speech:
            return
        await self._joint_start.wait(told)
        started_at = self._joint_start.next_frame_at(self._index, perf_counter())
        self.speak_from(started_at, min(self._plan.script.seconds, connection.limit_seconds))

    async def _hang_up(self, connection: ConnectAction, closed_by: ClosedBy = "caller") -> None:
        caller_is_first = connection.socket.is_open  # the server may have closed it a moment ago
        await connection.hang_up(closed_by)
        self._verdict.messages_came(connection.socket)
        if not caller_is_first:
            self._caller.disconnect()
