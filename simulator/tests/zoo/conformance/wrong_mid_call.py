"""Members that don't survive what the platform sends in mid-call."""

from __future__ import annotations

import json
from typing import Any

from websockets.frames import Frame
from websockets.protocol import State

from simulator.tests.zoo.conformance.member import Member
from simulator.tests.zoo.conformance.session import GOODBYE, Session

KNOWN_EVENTS = ("websocket:connected", "websocket:dtmf", "websocket:cleared", "websocket:notify")


class _Chokes(Session):
    """Fails with an internal error at some texts, as an application does that expects none of them."""

    def take_text(self, data: bytes) -> None:
        if self.chokes_at(data):
            self.protocol.send_close(1011, "internal error")
        super().take_text(data)

    def chokes_at(self, data: bytes) -> bool:
        try:
            message = json.loads(data)
        except ValueError:
            return False
        return isinstance(message, dict) and self.chokes_at_message(message)

    def chokes_at_message(self, message: dict[str, Any]) -> bool:
        raise NotImplementedError


class UnaskedNotify(_Chokes):
    def chokes_at_message(self, message: dict[str, Any]) -> bool:
        return message.get("event") == "websocket:notify" and message.get("payload") != GOODBYE


class UnknownEvent(_Chokes):
    def chokes_at_message(self, message: dict[str, Any]) -> bool:
        event = message.get("event")
        return event not in KNOWN_EVENTS and not message.keys() & {"content-type", "digit"}


class NoJson(_Chokes):
    def chokes_at(self, data: bytes) -> bool:
        try:
            json.loads(data)
        except ValueError:
            return True
        return False


class JsonArray(_Chokes):
    """Asks an array for its event."""

    def chokes_at(self, data: bytes) -> bool:
        return data.startswith(b"[")


class KeyWithEvent(_Chokes):
    def chokes_at_message(self, message: dict[str, Any]) -> bool:
        return message.get("event") == "websocket:dtmf"


class KeyWithoutEvent(_Chokes):
    def chokes_at_message(self, message: dict[str, Any]) -> bool:
        return "digit" in message and "event" not in message


class DeafAfterKey(Session):
    """Says and hears nothing any more once a key was pressed."""

    def take_text(self, data: bytes) -> None:
        super().take_text(data)
        self.leaving |= b"websocket:dtmf" in data


class NoFragments(Session):
    def take(self, frame: Frame) -> None:
        if frame.fin:
            super().take(frame)
        elif self.protocol.state is State.OPEN:
            self.protocol.send_close(1003, "no fragments")


WRONG_MID_CALL = [
    Member("an unasked notify is an error", fails=("socket.known-events",), session=UnaskedNotify),
    Member("an unknown event is an error", fails=("socket.unknown-events",), session=UnknownEvent),
    Member("a text must be JSON", fails=("socket.unknown-texts",), session=NoJson),
    Member("a text must be a JSON object", fails=("socket.unknown-texts",), session=JsonArray),
    Member("a key is an error", fails=("socket.keys",), session=KeyWithEvent),
    Member("a key without event is an error", fails=("socket.keys-old-form",), session=KeyWithoutEvent),
    Member("deaf after a key", fails=("socket.keys",), session=DeafAfterKey),
    Member("a fragment is an error", fails=("socket.takes-fragments",), session=NoFragments),
]
