"""The platform's end of an open WebSocket: it writes at once, takes frame by frame, and ends in every way."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import struct
from collections.abc import Iterator
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.connection import broadcast
from websockets.exceptions import WebSocketException
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State

DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
MOST_UNREAD_BYTES = 1 << 23  # two minutes of audio at 24 kHz that a server doesn't read
LARGE_BUFFER_BYTES = 1024 * 1024
RESET_AT_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: no second


class OpenSocket(ClientConnection):
    """An open socket; a subclass takes its data frames, control frames are answered as usual."""

    close_seconds = 2.0  # for the answer to a close frame, and for the end of the connection after it
    half_closed_seconds: float | None = 0.5  # from the peer's close frame to the end of the connection

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **(options | {"close_timeout": self.close_seconds}))
        self._is_silent = False

    def take_frame(self, frame: Frame) -> None:
        """Take a data frame (of RFC 6455) as it is parsed: its time is exact here, and fragments can be seen."""
        raise NotImplementedError

    @property
    def is_open(self) -> bool:
        return self.state is State.OPEN

    def send_now(self, message: bytes | str | dict[str, Any]) -> None:
        """Write a message: audio, text, or an object as JSON text.

        It is written even if the server has stopped reading: the platform's clock waits for nothing.
        """
        broadcast((self,), json.dumps(message) if isinstance(message, dict) else message)

    def send_in_fragments(self, message: bytes | str, pieces: int) -> None:
        """Write a message in this many frames (RFC 6455, 5.4)."""
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

    async def ends_within(self, seconds: float) -> bool:
        """Return whether the connection comes to its end in time; `close_code` says how."""
        try:
            async with asyncio.timeout(seconds):
                await self.wait_closed()
        except TimeoutError:
            return False
        return True

    def stop_reading(self) -> None:
        """Read nothing from now on, as a network that carries nothing."""
        self.transport.pause_reading()

    def go_on_reading(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def read_fast(self) -> None:
        """Go on reading as fast as data comes, however small the socket's buffer was."""
        with self._kernel_socket() as own:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LARGE_BUFFER_BYTES)
        self.go_on_reading()

    def fall_silent(self) -> None:
        """Send nothing from now on, not even the answer to a ping, as a peer that has vanished."""
        self._is_silent = True

    def send_data(self) -> None:
        """Write what is to be sent, unless the peer is to hear nothing."""
        if self._is_silent:
            self.protocol.data_to_send()
        else:
            super().send_data()
            if self.transport.get_write_buffer_size() > MOST_UNREAD_BYTES:
                self.leave_unread()

    def leave_unread(self) -> None:
        """Take in that the server doesn't read, and give the connection up."""
        self.abort()

    def abort(self) -> None:
        """Break the connection off without a close frame."""
        self.transport.abort()

    def reset(self) -> None:
        """Break the connection off (TCP RST), as a network or a crash does."""
        with self._kernel_socket() as own:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
        self.abort()

    def end_without_close_frame(self) -> None:
        """End this side of the TCP connection (FIN) in the middle of everything; what comes is still read."""
        with self._kernel_socket() as own:
            own.shutdown(socket.SHUT_WR)

    def process_event(self, event: Request | Response | Frame) -> None:
        """Give data frames to `take_frame`, all else to the library."""
        if isinstance(event, Frame) and event.opcode in DATA:
            self.take_frame(event)
            return
        if isinstance(event, Frame) and event.opcode is Opcode.CLOSE and self.half_closed_seconds is not None:
            # A server that then keeps its side of the connection open must not keep the call.
            self.loop.call_later(self.half_closed_seconds, self.transport.abort)
        super().process_event(event)

    @contextlib.contextmanager
    def _kernel_socket(self) -> Iterator[socket.socket]:
        """Yield the kernel's socket by another descriptor: the event loop's own may not offer these calls."""
        descriptor = self.transport.get_extra_info("socket").fileno()
        with socket.socket(fileno=os.dup(descriptor)) as own:
            yield own
