"""Members whose socket begins wrongly."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.http11 import Request as Handshake
from websockets.protocol import State
from websockets.server import ServerProtocol

from simulator.tests.harness.exchange import Request
from simulator.tests.zoo.conformance.application import Application
from simulator.tests.zoo.conformance.member import Member
from simulator.tests.zoo.conformance.session import Session


class NoSocket(Application):
    def admit(self, request: Request) -> int | None:
        return 404


class _WithCompression(ServerProtocol):
    def __init__(self) -> None:
        super().__init__(extensions=[ServerPerMessageDeflateFactory()])


class AcceptsCompression(Session):
    protocol_class = _WithCompression


class InsistsOnCompression(AcceptsCompression):
    def accept(self, handshake: Handshake) -> None:
        if "Sec-WebSocket-Extensions" in handshake.headers:
            super().accept(handshake)
        else:
            self.protocol.send_response(self.protocol.reject(400, "permessage-deflate is required"))


class _ReadsFirstText(Session):
    """Closes the socket if the first text is not as it likes it."""

    begun = False

    def take_text(self, data: bytes) -> None:
        if not self.begun:
            self.begun = True
            if not self.likes(data.decode(), json.loads(data)):
                self.protocol.send_close(1008, "no first message")
        super().take_text(data)

    def likes(self, text: str, message: dict[str, Any]) -> bool:
        raise NotImplementedError


class NoSpace(_ReadsFirstText):
    def likes(self, text: str, message: dict[str, Any]) -> bool:
        return text.startswith("{")


class EventComesFirst(_ReadsFirstText):
    def likes(self, text: str, message: dict[str, Any]) -> bool:
        return "event" not in message or next(iter(message)) == "event"


class EventNeeded(_ReadsFirstText):
    def likes(self, text: str, message: dict[str, Any]) -> bool:
        return message.get("event") == "websocket:connected"


class TextComesFirst(Session):
    begun = False

    def take_text(self, data: bytes) -> None:
        self.begun = True
        super().take_text(data)

    def hear(self, frame: bytes) -> None:
        if self.begun:
            super().hear(frame)
        else:
            self.protocol.send_close(1003, "text expected")


class SilentWithoutEvent(_ReadsFirstText):
    """Waits for the event before it echoes."""

    def likes(self, text: str, message: dict[str, Any]) -> bool:
        self.leaving = "event" not in message
        return True


class HandshakeNeverAnswered(Application):
    async def serve(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if request.wants_socket:
            await asyncio.sleep(LONG_SECONDS)
        await super().serve(request, reader, writer)


class _Dies(Session):
    """Ends each call some time after it began, as an application does that crashes."""

    after = 0.0  # seconds

    def accept(self, handshake: Handshake) -> None:
        super().accept(handshake)
        self.loop.call_later(self.after, self.die)

    def die(self) -> None:
        if self.protocol.state is State.OPEN:
            self.protocol.send_close(1011, "internal error")
            self.flush()


class DiesLater(_Dies):
    after = 3.0


class DiesAtTheFirstFrame(Session):
    def hear(self, frame: bytes) -> None:
        self.protocol.send_close(1011, "internal error")


LONG_SECONDS = 3600.0
STAYS_OPEN = "socket.stays-open"
WRONG_OPENING = [
    Member("closes each socket at once", fails=(STAYS_OPEN,), session=_Dies, only=("socket", "audio")),
    Member("dies after 3 s", fails=(STAYS_OPEN,), session=DiesLater, only=("socket", "audio")),
    Member("dies at the first frame", fails=(STAYS_OPEN,), session=DiesAtTheFirstFrame, only=("socket", "audio")),
    Member("the handshake is never answered", fails=("socket.opens",), application=HandshakeNeverAnswered),
    Member("no socket", fails=("socket.opens",), application=NoSocket),
    Member("insists on compression", fails=("socket.opens", "socket.no-compression"), session=InsistsOnCompression),
    Member("accepts compression", warns=("socket.no-compression",), session=AcceptsCompression),
    Member("a space is an error", fails=("socket.first-message-space",), session=NoSpace),
    Member("the event must come first", fails=("socket.first-message-order",), session=EventComesFirst),
    Member("the event must be there", fails=("socket.first-message-no-event",), session=EventNeeded),
    Member("silent without an event", fails=("socket.first-message-no-event",), session=SilentWithoutEvent),
    Member("text must come first", fails=("socket.audio-first",), session=TextComesFirst),
]
