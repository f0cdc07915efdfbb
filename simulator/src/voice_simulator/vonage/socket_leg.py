"""The platform's end of one open WebSocket, which takes the server's messages (platform.md, 3)."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any, Protocol

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.connection import broadcast
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State

from ..audio.format import AudioFormat
from ..record.events import ClosedBy, ProblemFound, TextReceived, TextSent
from ..record.record import Record

CLOSE_SECONDS = 2.0
HALF_CLOSED_SECONDS = 0.5  # from the server's close frame to the end of the connection


class Listener(Protocol):
    """Takes the server's messages, each with its time of arrival on the call's clock."""

    def hear(self, frame: bytes, time: float) -> None:
        """Take a frame of audio."""

    def clear(self, time: float) -> None:
        """Drop the frames that are queued for playing."""

    def notify(self, payload: dict[str, Any], time: float) -> None:
        """Send the payload back once everything queued so far has been played."""


class SocketNotOpenedError(Exception):
    """The socket could not be opened; `status` is that of the platform's event about it, None for an event without."""

    def __init__(self, status: str | None, message: str) -> None:
        super().__init__(message)
        self.status = status


class SocketLeg(ClientConnection):
    """An open socket; its messages go to the listener."""

    def __init__(
        self, audio_format: AudioFormat, listener: Listener, record: Record, *args: Any, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.closed_by: ClosedBy = "application"
        self._record = record
        self._frame_bytes = audio_format.frame_bytes
        self._listener = listener
        self._held: list[bytes | str] | None = None  # messages to the server, during a stall

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        return self.state is State.OPEN

    def send_now(self, message: bytes | dict[str, Any]) -> None:
        """Write audio, or an object as JSON text; during a stall, hold it back."""
        if isinstance(message, dict):
            self._record.add(TextSent(self._record.now, message))
        data = message if isinstance(message, bytes) else json.dumps(message)
        if self._held is None:
            self._write(data)
        else:
            self._held.append(data)

    def stall(self) -> None:
        """Write nothing and read nothing from now on, as if the network stood still."""
        self._held = []
        self.transport.pause_reading()

    def resume(self) -> None:
        """End the stall: everything that has waited on either side goes at once."""
        held, self._held = self._held or [], None
        for data in held:
            self._write(data)
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def cut(self) -> None:
        """Break the connection off without a close frame, as a network or a crash does."""
        self.closed_by = "fault"
        linger_no_second = struct.pack("ii", 1, 0)  # the peer gets a reset
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_no_second)
        self.transport.abort()

    async def end(self, closed_by: ClosedBy, code: int) -> None:
        """Close the socket with a code, if nobody has closed it yet, and say who did."""
        if self.is_open:
            self.closed_by = closed_by
        await self.close(code)

    def _write(self, data: bytes | str) -> None:
        # broadcast() writes at once, even if the server has stopped reading: the platform's clock waits for nobody.
        broadcast((self,), data)

    def process_event(self, event: Request | Response | Frame) -> None:
        """Take each data frame (of RFC 6455) when it is parsed: its time is exact here, and fragments can be seen."""
        if not isinstance(event, Frame) or event.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            if isinstance(event, Frame) and event.opcode is Opcode.CLOSE:
                # A server that then keeps its side of the connection open must not keep the call.
                self.loop.call_later(HALF_CLOSED_SECONDS, self.transport.abort)
            super().process_event(event)
        elif not event.fin or event.opcode is Opcode.CONT:
            self._break_off("a message in fragments")
        elif event.opcode is Opcode.TEXT:
            self._take_text(bytes(event.data))
        elif len(event.data) != self._frame_bytes:
            self._break_off(f"unexpected frame size {len(event.data)}, when required {self._frame_bytes}")
        else:
            self._listener.hear(bytes(event.data), self._record.now)

    def _take_text(self, data: bytes) -> None:
        try:
            message = json.loads(data)
        except ValueError:
            message = None
        shown = data.decode(errors="replace") if message is None else message
        self._record.add(TextReceived(self._record.now, shown))
        match message:
            case {"action": "clear"}:
                self._listener.clear(self._record.now)
                self.send_now({"event": "websocket:cleared"})
            case {"action": "notify", "payload": dict(payload)}:
                self._listener.notify(payload, self._record.now)
            case _:
                self._record_problem(f"a text message that the platform does not know: {data[:80]!r}", "3.5")

    def _break_off(self, problem: str) -> None:
        if not self.transport.is_closing():  # one read may bring several wrong messages: only the first counts
            self.closed_by = "platform"
            self._record_problem(problem, "3.6")
            self.transport.abort()

    def _record_problem(self, problem: str, section: str) -> None:
        sentence = f"the server sent {problem}"
        self._record.add(ProblemFound(self._record.now, sentence, True, section, about="socket"))
