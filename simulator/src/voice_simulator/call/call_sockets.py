"""The sockets of one call, one after the other, and what the caller says meanwhile."""

from __future__ import annotations

import asyncio
from time import perf_counter

from ..audio.format import FRAMES_PER_SECOND
from ..caller.caller import Caller
from ..record.events import ClosedBy, PatienceEnded, SocketReported
from ..vonage.connect_action import ConnectAction
from ..vonage.handshake import SocketNotOpenedError
from ..vonage.ncco.actions import Connect
from ..vonage.ncco.endpoints import WebSocket
from ..vonage.ncco.ncco import Ncco
from .actions.context import ActionContext
from .joint_start import JointStart
from .plan import CallPlan

FAILING_SECONDS = 60.0
LIMIT_FACTOR = 2  # with a limit of new legs: so many times as long as the limit needs for all calls


class Patience:
    """Ends some time after the first failure: an application that always names a dead socket ends no call by itself."""

    def __init__(self, calls: int, connects_per_second: float) -> None:
        """Take the number of calls that share the limit of new legs, and the limit; 0 for none."""
        limited = LIMIT_FACTOR * calls / connects_per_second if connects_per_second else 0.0
        self.seconds = FAILING_SECONDS + limited
        self._failing_since: float | None = None

    def ends(self, now: float) -> bool:
        """Note that a socket could not be opened, at a time in seconds; return whether the caller hangs up now."""
        if self._failing_since is None:
            self._failing_since = now
        return now - self._failing_since >= self.seconds


class CallSockets:
    """Connects a call to the sockets that its NCCOs name; the caller speaks from the first one on, or before."""

    def __init__(
        self,
        plan: CallPlan,
        index: int,
        caller: Caller,
        context: ActionContext,
        joint_start: JointStart,
    ) -> None:
        """Take the call's index in the run, from 0, its caller, and what its actions share."""
        self._plan = plan
        self._index = index
        self._caller = caller
        self._context = context
        self._joint_start = joint_start
        self._record = context.record
        self._echo_expected = plan.script.expect == "echo"
        self._patience = Patience(plan.calls, plan.connects_per_second)
        self._speech: asyncio.Task[None] | None = None  # from the first socket on, or from the answer
        self._connection: ConnectAction | None = None  # while its socket is open

    def speak_from(self, started_at: float, seconds: float) -> None:
        """Let the caller speak for a number of seconds, from a time on the call's clock."""
        self._record.frames.first_at = started_at
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
            self._plan.application,
        )
        if connection.lacks_signature:
            context.warn("authorization of type vonage: this simulator has no secret to sign with")
        try:
            await self._connect(connection)
        except SocketNotOpenedError as error:
            return await self._report_failure(connection, error)
        if not await self._closed_within_limit(connection):
            return None
        self._connection = None
        self._caller.disconnect()
        return self._reported(await connection.report_disconnection())

    async def end(self) -> None:
        """Let the caller fall silent, and close the socket if one is open."""
        if self._speech:
            self._speech.cancel()
        if self._connection:
            await self._hang_up(self._connection)

    async def _report_failure(self, connection: ConnectAction, error: SocketNotOpenedError) -> Ncco | None:
        new_ncco = self._reported(await connection.report_failure(error))
        if not self._speech and self._patience.ends(self._record.now):
            self._record.add(PatienceEnded(self._record.now, self._patience.seconds))
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

    def _reported(self, new_ncco: Ncco | None) -> Ncco | None:
        """Record that the event about a socket has been answered, and return the NCCO that came back, if any."""
        self._record.add(SocketReported(self._record.now, new_ncco is not None))
        return new_ncco

    async def _connect(self, connection: ConnectAction) -> None:
        """Open the socket and let the caller speak into it. Raises SocketNotOpenedError."""
        delivered = await connection.open(self._caller)
        self._connection = connection
        self._caller.connect(connection.socket, connection.audio_format)
        if self._speech:
            return
        await self._joint_start.wait(delivered)
        started_at = self._joint_start.next_frame_at(self._index, perf_counter())
        self.speak_from(self._record.at(started_at), min(self._plan.script.seconds, connection.limit_seconds))

    async def _hang_up(self, connection: ConnectAction, closed_by: ClosedBy = "caller") -> None:
        caller_is_first = connection.socket.is_open  # the server may have closed it a moment ago
        await connection.hang_up(closed_by)
        if not caller_is_first:
            self._caller.disconnect()
