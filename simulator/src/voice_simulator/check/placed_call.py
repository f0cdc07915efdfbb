"""A call that the application has answered with an NCCO, and its socket."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import httpx2

from ..audio.format import CONTENT_TYPES, AudioFormat
from ..vonage.application import Application
from ..vonage.field_check import Action
from ..vonage.handshake import SocketNotOpenedError, open_socket
from ..vonage.leg import Event, Leg
from ..vonage.ncco_values import URLS
from ..vonage.socket_messages import first_message
from ..vonage.socket_opening import wants_signature
from .finding import NotJudgedError
from .pace import Pace
from .raw_socket import RawSocket
from .requests import Requests

DEFAULT_OPEN_SECONDS = 10.0
Named = Literal["the NCCO's"]
NAMED: Named = "the NCCO's"


class PlacedCall:
    """The caller's leg, the actions that the application wants, and the socket that the first connect names.

    The actions before that connect are taken as done: nobody listens to a greeting.
    """

    def __init__(
        self, application: Application, requests: Requests, pace: Pace, leg: Leg, actions: list[Action]
    ) -> None:
        """Take the NCCO's actions; raises NotJudgedError if none of them connects to a WebSocket."""
        self.leg = leg
        self.actions = actions
        self.connect = _socket_connect(actions)
        self.endpoint: dict[str, Any] = self.connect["endpoint"][0]
        self._application = application
        self._requests = requests
        self._pace = pace

    @property
    def audio_format(self) -> AudioFormat:
        """The format of the audio; raises NotJudgedError if the platform doesn't know it."""
        try:
            return CONTENT_TYPES[self.endpoint["content-type"]]
        except (KeyError, TypeError):
            raise NotJudgedError("the NCCO names no content-type that the platform knows") from None

    @property
    def authorization(self) -> str | None:
        """The Authorization header of the handshake, as the NCCO wants it."""
        if wants_signature(self.endpoint):
            if self._application.signature is None:
                raise NotJudgedError("the socket wants the platform's signature: set VONAGE_SIGNATURE_SECRET")
            return self._application.signature.of_handshake()
        named = self.endpoint.get("authorization")
        value = named.get("value") if isinstance(named, dict) else None
        return value if isinstance(value, str) else None

    @property
    def first_message(self) -> dict[str, Any]:
        """The first message of the socket, as the platform writes it today (platform.md, 3.2)."""
        headers = self.endpoint.get("headers")
        return first_message(self.endpoint.get("content-type"), headers if isinstance(headers, dict) else {})

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
        timeout = self.connect.get("timeout")
        seconds = timeout if isinstance(timeout, int | float) else DEFAULT_OPEN_SECONDS
        opened = functools.partial(
            open_socket,
            self.endpoint["uri"],
            RawSocket,
            tls=self._application.tls,
            authorization=self.authorization if authorization == NAMED else authorization,
            open_seconds=min(seconds, DEFAULT_OPEN_SECONDS),
            compression=compression,
            buffer_bytes=buffer_bytes,
        )
        return await (self._pace.open(opened) if paced else opened())

    @asynccontextmanager
    async def socket(
        self, first_message: str | dict[str, Any] | None = None, *, buffer_bytes: int | None = None
    ) -> AsyncIterator[RawSocket]:
        """Open the socket, send its first message, and tell the events; in the end the caller hangs up.

        `first_message` is what is sent instead of the platform's, an empty one is not sent. Raises NotJudgedError if
        the socket can't be opened, for then it is another rule that is broken (`socket.opens`).
        """
        try:
            socket = await self.open_socket(buffer_bytes=buffer_bytes)
        except SocketNotOpenedError as error:
            raise NotJudgedError(f"the socket can't be opened: {error}") from error
        leg = self.socket_leg()
        events = [asyncio.create_task(self.tell(leg.answered(), self.connect))]
        try:
            if first_message != "":
                socket.send_now(self.first_message if first_message is None else first_message)
            yield socket
        finally:
            await socket.close(1000)
            events.append(asyncio.create_task(self.tell(leg.completed(), self.connect)))
            await asyncio.gather(*events, return_exceptions=True)  # rules of another group judge the events

    def socket_leg(self) -> Leg:
        """Return a leg for the socket, as the events about it have."""
        headers = self.endpoint.get("headers")
        caller = str(self.connect.get("from", self.leg.caller))
        uri, conversation = str(self.endpoint.get("uri")), self.leg.conversation_uuid
        return Leg(caller, uri, conversation, "outbound", headers if isinstance(headers, dict) else {})

    async def tell(self, event: Event, connect: Action | None = None) -> httpx2.Response:
        """Send an event to the URL that its connect names, or else to the application's; return the response.

        Raises WebhookError, and NotJudgedError if the connect names no absolute URL: then it is another rule that is
        broken (`ncco.absolute-urls`).
        """
        action = connect or {}
        urls = action.get("eventUrl", [self._application.event_webhook])
        if not URLS.holds(urls):
            raise NotJudgedError("the connect's eventUrl is no array of absolute URLs")
        return await self._requests.send("GET" if action.get("eventMethod") == "GET" else "POST", urls[0], event)


def _socket_connect(actions: list[Action]) -> Action:
    for action in actions:
        endpoint = action.get("endpoint") if isinstance(action, dict) and action.get("action") == "connect" else None
        first = endpoint[0] if isinstance(endpoint, list) and endpoint else None
        if isinstance(first, dict) and first.get("type") == "websocket" and isinstance(first.get("uri"), str):
            return action
    raise NotJudgedError("the NCCO connects the call to no WebSocket")
