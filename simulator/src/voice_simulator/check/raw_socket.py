"""The platform's end of a WebSocket under the exact control of a rule: each message, each fragment, each end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.connection import broadcast
from websockets.exceptions import WebSocketException
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State

DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
CLOSE_SECONDS = 4.0


class Arrival(NamedTuple):
    """A data frame (of RFC 6455) that came; it is a message unless `is_fragment`."""

    time: float  # perf_counter
    opcode: Opcode
    data: bytes
    is_fragment: bool


class RawSocket(ClientConnection):
    """An open socket; `arrivals` are the data frames that came, in order."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.arrivals: list[Arrival] = []
        self._changed = asyncio.Event()
        self._is_silent = False

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        return self.state is State.OPEN

    @property
    def audio(self) -> list[bytes]:
        """The binary messages that came."""
        return [arrival.data for arrival in self.arrivals if arrival.opcode is Opcode.BINARY]

    @property
    def texts(self) -> list[str]:
        """The text messages that came."""
        return [arrival.data.decode(errors="replace") for arrival in self.arrivals if arrival.opcode is Opcode.TEXT]

    def send_now(self, message: bytes | str | dict[str, Any]) -> None:
        """Write a message at once, whatever waits: audio, text, or an object as JSON text."""
        broadcast((self,), json.dumps(message) if isinstance(message, dict) else message)

    def send_in_fragments(self, message: bytes | str, pieces: int) -> None:
        """Write a message in so many frames (RFC 6455, 5.4)."""
        data = message.encode() if isinstance(message, str) else message
        size = -(-len(data) // pieces)
        parts = [data[start : start + size] for start in range(0, len(data), size)]
        for index, part in enumerate(parts):
            last = index == len(parts) - 1
            if index:
                self.protocol.send_continuation(part, fin=last)
            elif isinstance(message, str):
                self.protocol.send_text(part, fin=last)
            else:
                self.protocol.send_binary(part, fin=last)
        self.send_data()

    async def answers_ping(self, seconds: float) -> bool:
        """Return whether a ping is answered in time; everything that was sent before has been taken in by then."""
        try:
            async with asyncio.timeout(seconds):
                await (await self.ping())
        except (TimeoutError, WebSocketException):
            return False
        return True

    async def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Return whether a condition on `arrivals`, or on the state, comes true in time; each arrival is looked at."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return condition()
        return True

    async def ends_within(self, seconds: float) -> bool:
        """Return whether the connection comes to its end in time; `close_code` says how."""
        try:
            async with asyncio.timeout(seconds):
                await self.wait_closed()
        except TimeoutError:
            return False
        return True

    def abort(self) -> None:
        """Break the connection off without a close frame."""
        self.transport.abort()

    def fall_silent(self) -> None:
        """Send nothing from now on, not even the answer to a ping, as a peer that has vanished."""
        self._is_silent = True

    def send_data(self) -> None:
        """Write what is to be sent, unless the peer is to hear nothing."""
        if self._is_silent:
            self.protocol.data_to_send()
        else:
            super().send_data()

    def stop_reading(self) -> None:
        """Read nothing from now on, as a network that stands still."""
        self.transport.pause_reading()

    def go_on_reading(self) -> None:
        """Read again."""
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def process_event(self, event: Request | Response | Frame) -> None:
        """Keep each data frame as it came; control frames are answered as usual."""
        if isinstance(event, Frame) and event.opcode in DATA:
            fragment = not event.fin or event.opcode is Opcode.CONT
            self.arrivals.append(Arrival(perf_counter(), event.opcode, bytes(event.data), fragment))
        else:
            super().process_event(event)
        self._changed.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake those who wait."""
        super().connection_lost(exc)
        self._changed.set()
