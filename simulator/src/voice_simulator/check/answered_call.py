"""A call that the application has answered with an NCCO, and its socket."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

import httpx2

from ..audio.format import AudioFormat
from ..vonage.application import Application
from ..vonage.handshake import HandshakeRefusedError, SocketNotOpenedError, authorization_for, open_socket
from ..vonage.leg import Event, Leg
from ..vonage.ncco.actions import Connect
from ..vonage.ncco.endpoints import WebSocket
from ..vonage.ncco.ncco import Ncco
from ..vonage.socket_messages import first_message
from .finding import NotJudgedError
from .output import Output
from .raw_socket import RawSocket
from .requests import Requests

LONGEST_OPEN_SECONDS = 10.0
NO_ROOM = (429, 503)
ATTEMPTS = 4
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.34, 10.0  # the platform opens 3 legs a second (platform.md, 2.5)
Named = Literal["the NCCO's"]
NAMED: Named = "the NCCO's"


class HandshakePace:
    """Opens sockets; after a refusal for want of room, one at a time and with a pause in between."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._pause_seconds = 0.0

    @property
    def is_slow(self) -> bool:
        """Whether a socket has been refused for want of room."""
        return self._pause_seconds > 0

    async def open(self, opened: Callable[[], Awaitable[RawSocket]]) -> RawSocket:
        """Open a socket; raises what the opening raises, a refusal for want of room only after several attempts."""
        for attempt in range(ATTEMPTS):
            await self._turn()
            try:
                return await opened()
            except HandshakeRefusedError as error:
                if error.http_status not in NO_ROOM or attempt == ATTEMPTS - 1:
                    raise
                self._pause_seconds = FIRST_PAUSE_SECONDS
                wait = float(error.retry_after) if error.retry_after.isdecimal() else 2.0**attempt
                await asyncio.sleep(min(wait, LONGEST_PAUSE_SECONDS))
        raise AssertionError("the last attempt returns or raises")

    async def _turn(self) -> None:
        if self.is_slow:
            async with self._lock:
                await asyncio.sleep(self._pause_seconds)


class AnsweredCall:
    """The caller's leg, the actions that the application wants, and the socket that the first connect names.

    The actions before that connect count as done: a greeting is not waited for.
    """

    def __init__(
        self, application: Application, requests: Requests, pace: HandshakePace, output: Output, leg: Leg, ncco: Ncco
    ) -> None:
        """Take the NCCO, even if it breaks a rule; raises NotJudgedError if it connects to no WebSocket."""
        self.leg = leg
        self.connect, self.endpoint = _socket_connect(ncco)
        self._ncco = ncco
        self._application = application
        self._requests = requests
        self._pace = pace
        self._output = output

    @property
    def audio_format(self) -> AudioFormat:
        """The format of the audio; raises NotJudgedError if the platform doesn't know it."""
        if self._ncco.breaks("ncco.audio-format"):
            raise NotJudgedError("the NCCO names no content-type that the platform knows", "ncco.audio-format")
        return self.endpoint.content_type

    @property
    def authorization(self) -> str | None:
        """The Authorization header of the handshake, as the NCCO wants it."""
        if self.endpoint.wants_signature and self._application.signature is None:
            raise NotJudgedError("the socket wants the platform's signature: set VONAGE_SIGNATURE_SECRET")
        return authorization_for(self.endpoint, self._application.signature)

    @property
    def first_message(self) -> dict[str, Any]:
        """The first message of the socket, as the platform writes it today (platform.md, 3.2)."""
        content_type = self.endpoint.as_written.get("content-type", self.endpoint.content_type.content_type)
        return first_message(content_type, self.endpoint.headers)

    async def open_socket(
        self,
        *,
        authorization: str | Named | None = NAMED,
        compression: Literal["deflate"] | None = None,
        buffer_bytes: int | None = None,
        paced: bool = True,
    ) -> RawSocket:
        """Open the socket and send nothing. Where the application has no room, the check slows down and tries again.

        Unless it is `paced`, the first refusal counts. For the other arguments see open_socket of the
        platform. Raises SocketNotOpenedError.
        """
        opened = functools.partial(
            open_socket,
            self.endpoint.uri,
            RawSocket,
            tls=self._application.tls,
            authorization=self.authorization if authorization == NAMED else authorization,
            open_seconds=min(self.connect.timeout, LONGEST_OPEN_SECONDS),
            compression=compression,
            buffer_bytes=buffer_bytes,
        )
        return await (self._pace.open(opened) if paced else opened())

    @asynccontextmanager
    async def socket(
        self, first_message: str | dict[str, Any] | None = None, *, buffer_bytes: int | None = None
    ) -> AsyncIterator[RawSocket]:
        """Open the socket, send its first message, and report the events; in the end the caller hangs up.

        `first_message` is what is sent instead of the platform's, an empty one is not sent. Raises NotJudgedError if
        the socket can't be opened, for then it is another rule that is broken (`socket.opens`).
        """
        try:
            socket = await self.open_socket(buffer_bytes=buffer_bytes)
        except SocketNotOpenedError as error:
            raise NotJudgedError(f"the socket can't be opened: {error}", "socket.opens") from error
        leg = self.socket_leg()
        events = [asyncio.create_task(self.send_event(leg.answered(), self.connect))]
        try:
            if first_message != "":
                socket.send_now(self.first_message if first_message is None else first_message)
            yield socket
        finally:
            await socket.close(1000)
            self._output.add(socket)
            events.append(asyncio.create_task(self.send_event(leg.completed(), self.connect)))
            await asyncio.gather(*events, return_exceptions=True)  # rules of another group judge the events

    def socket_leg(self) -> Leg:
        """Return a leg for the socket, as the events about it have."""
        caller, conversation = self.connect.from_ or self.leg.caller, self.leg.conversation_uuid
        return Leg(caller, self.endpoint.uri, conversation, "outbound", self.endpoint.headers)

    async def send_event(self, event: Event, connect: Connect | None = None) -> httpx2.Response:
        """Send an event to the URL that its connect names, or else to the application's; return the response.

        Raises WebhookError, and NotJudgedError if the connect names no absolute URL: then it is another rule that is
        broken (`ncco.absolute-urls`).
        """
        if connect is None or "eventUrl" not in connect.as_written:
            method = connect.event_method if connect else "POST"
            return await self._requests.send(method, self._application.event_webhook, event)
        if not connect.event_url:
            raise NotJudgedError("the connect's eventUrl is no array of absolute URLs", "ncco.absolute-urls")
        return await self._requests.send(connect.event_method, connect.event_url[0], event)


def _socket_connect(ncco: Ncco) -> tuple[Connect, WebSocket]:
    for action in ncco.readable:
        if isinstance(action, Connect) and isinstance(action.endpoint, WebSocket):
            return action, action.endpoint
    raise NotJudgedError("the NCCO connects the call to no WebSocket")
