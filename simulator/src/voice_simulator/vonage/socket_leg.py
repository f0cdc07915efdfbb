"""The platform's end of one open WebSocket of a call, which takes the server's messages (platform.md, 3)."""

from __future__ import annotations

import functools
from typing import Any, Protocol

from websockets.frames import Frame, Opcode

from ..audio.format import FRAMES_PER_SECOND, AudioFormat
from ..record.events import ClosedBy, ProblemFound, TextReceived, TextSent
from ..record.record import MOST_BYTES, Record
from .application import Application
from .handshake import authorization_for, open_socket
from .ncco.endpoints import WebSocket
from .open_socket import MOST_UNREAD_BYTES, OpenSocket
from .socket_messages import CLEARED, Command, first_message, json_in, read_command
from .webhooks import NO_ROOM

MOST_AT_ONCE = (30_000, 1000)  # binary messages, ten times what the platform queues, and texts, which are dear here


class Listener(Protocol):
    """Takes the server's messages, each with its time of arrival on the call's clock."""

    def hear(self, frame: bytes, time: float) -> None:
        """Take a frame of audio."""

    def clear(self, time: float) -> None:
        """Drop the frames that are queued for playing."""

    def notify(self, payload: dict[str, Any], time: float) -> None:
        """Send the payload back once everything queued so far has been played."""

    def seconds_queued(self, time: float) -> float:
        """Return how long the frames that are queued take to play."""


class SocketLeg(OpenSocket):
    """An open socket; its messages go to the listener, its texts to the record too."""

    def __init__(
        self, audio_format: AudioFormat, listener: Listener, record: Record, *args: Any, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.closed_by: ClosedBy = "application"
        self._broken_off = False  # from a wrong message on: the socket ends when all that is queued has been played
        self._record = record
        self._opened_at, self._taken = record.now, [0, 0]  # binary messages and texts
        self._frame_bytes = audio_format.frame_bytes
        self._listener = listener
        self._held: list[bytes | str | dict[str, Any]] | None = None  # messages to the server, during a stall

    @classmethod
    async def opened(
        cls, endpoint: WebSocket, application: Application, open_seconds: float, listener: Listener, record: Record
    ) -> SocketLeg:
        """Open the socket of an NCCO's endpoint and send the platform's first message. Raises SocketNotOpenedError."""
        socket = await open_socket(
            endpoint.uri,
            functools.partial(cls, endpoint.content_type, listener, record),
            tls=application.tls,
            authorization=authorization_for(endpoint, application.signature),
            open_seconds=open_seconds,
        )
        socket.send_now(first_message(endpoint.content_type.content_type, endpoint.headers))
        return socket

    def send_now(self, message: bytes | str | dict[str, Any]) -> None:
        """Write a message; during a stall, hold it back."""
        if isinstance(message, dict):
            self._record.add(TextSent(self._record.now, message))
        if self._held is None:
            super().send_now(message)
        else:
            self._held.append(message)

    def data_received(self, data: bytes) -> None:
        """Break the connection off when the server sends what is no message: it may not care for the close frame."""
        super().data_received(data)
        sent = self.protocol.close_sent
        if self.protocol.parser_exc and sent and not self._broken_off:
            self._break_off(f"what can't be read as a message: {sent.reason or sent.code}", "", at_once=True)

    def stall(self) -> None:
        """Write nothing and read nothing from now on, as a network that carries nothing."""
        self._held = []
        self.stop_reading()

    def resume(self) -> None:
        """End the stall: everything that has waited on either side goes at once."""
        held, self._held = self._held or [], None
        for message in held:
            super().send_now(message)
        self.go_on_reading()

    def cut(self) -> None:
        """Break the connection off without a close frame, as a fault."""
        self.closed_by = "fault"
        self.reset()

    async def end(self, closed_by: ClosedBy, code: int) -> None:
        """Close the socket with a code, if it isn't closed yet, and say who did."""
        if self.is_open and not self._broken_off:
            self.closed_by = closed_by
        await self.close(code)

    def take_frame(self, frame: Frame) -> None:
        """Give a message to the listener; one that breaks a rule of the platform ends the socket."""
        data = bytes(frame.data)
        if self._broken_off:
            return
        is_text = frame.opcode is Opcode.TEXT
        self._taken[is_text] += 1
        if self._taken[is_text] > MOST_AT_ONCE[is_text] + FRAMES_PER_SECOND * (self._record.now - self._opened_at):
            kind = "texts" if is_text else "binary messages"
            self._break_off(f"{MOST_AT_ONCE[is_text]} {kind} more than {FRAMES_PER_SECOND} a second", "", at_once=True)
        elif not frame.fin or frame.opcode is Opcode.CONT:
            self._break_off("a message in fragments", "socket.unfragmented")
        elif frame.opcode is Opcode.TEXT:
            self._take_text(data)
        elif len(data) != self._frame_bytes:
            self._break_off(self._wrong_size(len(data)), "socket.frame-size")
        else:
            self._listener.hear(data, self._record.now)

    def _take_text(self, data: bytes) -> None:
        if not self._record.room.take(data, MOST_BYTES // 2):  # events still need some
            self._break_off(f"too many texts: {NO_ROOM}", "", at_once=True)
            return
        message = json_in(data)
        self._record.add(TextReceived(self._record.now, data.decode(errors="replace") if message is None else message))
        match read_command(data):
            case Command("clear"):
                self._listener.clear(self._record.now)
                self.send_now(CLEARED)
            case Command("notify", payload):
                self._listener.notify(payload, self._record.now)
            case _:
                self._record_problem(
                    f"a text message that the platform does not know: {data[:80]!r}", "3.5", "socket.known-texts-only"
                )

    def leave_unread(self) -> None:
        if not self._broken_off:
            self._break_off(f"nothing back, and left {MOST_UNREAD_BYTES >> 20} MiB of audio unread", "", at_once=True)

    def _wrong_size(self, size: int) -> str:
        """Say what is wrong; only of a frame that is too short is it known that the platform ends the leg."""
        problem = f"unexpected frame size {size}, when required {self._frame_bytes}"
        if size < self._frame_bytes:
            return f"{problem}; pad the last frame of a clip with silence"
        return f"{problem}; whether the platform ends a call for a frame that is too long is unknown"

    def _break_off(self, problem: str, rule: str, *, at_once: bool = False) -> None:
        """Take nothing more, and break the connection off, by default when all that is queued has been played."""
        self._broken_off, self.closed_by = True, "platform"
        self._record_problem(problem, "3.6", rule)
        self.loop.call_later(0.0 if at_once else self._listener.seconds_queued(self._record.now), self.abort)

    def _record_problem(self, problem: str, section: str, rule: str) -> None:
        sentence = f"the server sent {problem}"
        self._record.add(ProblemFound(self._record.now, sentence, True, section, rule=rule, about="socket"))
