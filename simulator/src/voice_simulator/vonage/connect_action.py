"""A connect action of an NCCO as the platform carries it out: the socket, its leg, and the leg's events."""

from __future__ import annotations

import asyncio
from time import perf_counter

from ..audio.format import AudioFormat
from ..record.events import ClosedBy, SocketClosed, SocketOpened, SocketOpening, SocketRefused
from .application import Application
from .call_control import CallControl
from .handshake import SocketNotOpenedError
from .leg import EndedBy, Event, Leg
from .leg_limit import LegLimit, LegRefusedError
from .ncco.actions import Connect
from .ncco.endpoints import WebSocket
from .ncco.ncco import Ncco
from .socket_leg import Listener, SocketLeg

ERROR_CODES = {1002, 1003, *range(1006, 1012)}  # of a close (RFC 6455, 7.4.1)


class ConnectAction:
    """One connect action, for as long as its socket lives."""

    def __init__(
        self,
        action: Connect,
        endpoint: WebSocket,
        phone_leg: Leg,
        control: CallControl,
        leg_limit: LegLimit,
        tasks: asyncio.TaskGroup,
        application: Application,
    ) -> None:
        """Take the action, its endpoint, the caller's own leg, and the group for events that nothing waits for."""
        self._action = action
        self._endpoint = endpoint
        caller = action.from_ or phone_leg.caller
        self._leg = Leg(caller, self.uri, phone_leg.conversation_uuid, "outbound", endpoint.headers)
        self._control = control
        self._leg_limit = leg_limit
        self._tasks = tasks
        self._application = application
        self._socket: SocketLeg | None = None  # from open() on

    @property
    def uri(self) -> str:
        return self._endpoint.uri

    @property
    def audio_format(self) -> AudioFormat:
        return self._endpoint.content_type

    @property
    def limit_seconds(self) -> float:
        return self._action.limit

    @property
    def lacks_signature(self) -> bool:
        """Whether the handshake should carry the platform's signature, and there is no secret to make one."""
        return self._endpoint.wants_signature and self._application.signature is None

    @property
    def socket(self) -> SocketLeg:
        if self._socket is None:
            raise AssertionError("the socket is used before open() has returned")
        return self._socket

    async def open(self, listener: Listener) -> asyncio.Task[None]:
        """Open the socket, and send the events about it; return the task that ends when they are delivered.

        Raises SocketNotOpenedError; if that is a LegRefusedError, nothing has been opened or sent.
        """
        record = self._control.record
        begun_at = record.now
        record.add(SocketOpening(begun_at, self.uri, self._endpoint.as_written))
        try:
            self._leg_limit.open_leg(perf_counter())
        except SocketNotOpenedError as error:
            self._record_refused(error)
            raise
        ringing = self._tasks.create_task(self._control.report(self._leg.event("ringing"), self._action))
        try:
            self._socket = await SocketLeg.opened(
                self._endpoint, self._application, self._action.timeout, listener, record
            )
        except SocketNotOpenedError as error:
            self._record_refused(error)
            await ringing
            raise
        now = record.now
        record.add(SocketOpened(now, self.uri, self.audio_format.sample_rate, round(now - begun_at, 6)))
        return self._tasks.create_task(self._report_answered(self._leg.answered(), ringing))

    async def wait_closed(self) -> None:
        await self.socket.wait_closed()
        self._record_closed()

    async def report_failure(self, error: SocketNotOpenedError) -> Ncco | None:
        """Send the event that the socket could not be opened; return the NCCO that comes back, if any."""
        return await self._control.request_next_ncco(self._leg.event(error.status, reason=str(error)), self._action)

    async def report_disconnection(self) -> Ncco | None:
        """Send the event that the server has ended the socket; return the NCCO that comes back, if any."""
        return await self._control.request_next_ncco(self._leg.event("disconnected"), self._action)

    async def hang_up(self, closed_by: ClosedBy = "caller") -> None:
        """Close the socket with code 1000, as the caller has hung up or the time is over, and send the event."""
        await self.socket.end(closed_by, 1000)
        self._record_closed()
        by: EndedBy = "platform" if closed_by == "platform" else "user"
        await self._control.report(self._leg.completed(by), self._action)

    def _record_refused(self, error: SocketNotOpenedError) -> None:
        record, over_limit = self._control.record, isinstance(error, LegRefusedError)
        section = "2.5" if over_limit else "4"
        record.add(SocketRefused(record.now, self.uri, error.status, str(error), section, over_limit))

    def _record_closed(self) -> None:
        record, socket = self._control.record, self.socket
        code, by = socket.close_code, socket.closed_by
        failed = by == "application" and code in ERROR_CODES
        record.add(SocketClosed(record.now, self.uri, code, socket.close_reason, by, failed))

    async def _report_answered(self, event: Event, ringing: asyncio.Task[None]) -> None:
        await ringing
        await self._control.report(event, self._action)
