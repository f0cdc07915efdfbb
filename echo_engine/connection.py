"""One TCP connection: bytes between the transport and the session.

`flush()` alone writes, but for the fast path, which writes only what `flush()` would have written. Every turn
(something received, a limit reached, a stop of the engine) ends in `_end_turn()`.
"""

from __future__ import annotations

import asyncio
import fcntl
import sys
import termios
from typing import cast

from echo_engine.call import Call
from echo_engine.calls import EndReason
from echo_engine.context import Context
from echo_engine.fastpath import echo_read
from echo_engine.session import Session

PORTION_BYTES = 2048  # of a read that is parsed in one turn: 341 empty frames, the dearest bytes there are, take 3 ms
LATE_BYTES = 16 * 1024  # of a read: half a second of audio, and so the engine is late
WRITE_HIGH_WATER_BYTES = 16 * 1024  # about half a second of audio


def bytes_unread(transport: asyncio.Transport) -> int:
    """Return how many bytes of a connection wait in the kernel (ioctl_tcp(2), FIONREAD)."""
    answer = fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.FIONREAD, bytes(4))
    return int.from_bytes(answer, sys.byteorder)


class Connection(asyncio.Protocol):
    """Reads in portions, writes at once, and takes the fast path where the session allows it."""

    __slots__ = (
        "_clock", "_connections", "_context", "_fast_call", "_session", "_stale", "_taken_bytes", "_transport",
        "_unparsed",
    )  # fmt: skip

    def __init__(self, context: Context, connections: set[Connection]) -> None:
        """Take the set that holds all connections, and this one from `connection_made` to `connection_lost`."""
        self._context = context
        self._connections = connections
        self._clock = context.clock
        self._session = Session(context, self._clock())
        self._unparsed, self._taken_bytes = b"", 0  # a read that is taken in portions, and how much of it was taken
        self._stale = False  # whether newer audio waits behind that read
        self._fast_call: Call | None = None  # the session's, as of the last turn's end

    @property
    def carries_call(self) -> bool:
        """Whether the handshake has led to a call."""
        return self._session.call is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a new connection in."""
        # uvloop's transports are no subclasses of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(WRITE_HIGH_WATER_BYTES)
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Answer what the peer sent."""
        now = self._clock()
        call = self._fast_call
        if call is not None:
            stale = len(data) > LATE_BYTES and self._more_waits()
            echo = echo_read(data, call, now, stale)
            if echo is not None:
                if echo:
                    self._transport.write(echo)
                return
        if self._waiting:
            raise AssertionError("reading is paused while bytes wait")
        if len(data) > PORTION_BYTES:
            self._transport.pause_reading()
        self._stale = len(data) > LATE_BYTES and self._more_waits()
        self._unparsed, self._taken_bytes = data, 0
        self._take_portion(now)

    def eof_received(self) -> None:
        """End the call."""
        self._session.receive_eof()
        self._end_turn(self._clock())

    def connection_lost(self, exc: Exception | None) -> None:
        """Account for the end of the connection, and of its call."""
        self._connections.discard(self)
        self._session.end(self._clock())

    def pause_writing(self) -> None:
        """Stop the echo while the peer doesn't read."""
        self._session.writing_paused(self._clock())
        self._fast_call = self._session.fast_call
        if self._session.must_wait:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on with the echo."""
        self._session.writing_resumed()
        self._fast_call = self._session.fast_call
        self._read_on()

    def close(self, reason: EndReason) -> None:
        """Start the closing handshake of an open call."""
        self._session.close(reason)
        self._end_turn(self._clock())

    def sweep(self, now: float) -> None:
        """Check the connection against its limits; to be called twice a second."""
        if self._session.sweep(now):
            self._end_turn(now)

    def abort(self) -> None:
        """Cut the connection at once."""
        self._transport.abort()

    def flush(self, now: float) -> None:
        """Write all that the session has to send."""
        for data in self._session.data_to_send(now):
            if self._transport.is_closing():
                break
            if data:
                self._transport.write(data)
            else:
                self._transport.write_eof()

    def _more_waits(self) -> bool:
        """Tell whether the kernel has read on: it holds a second of audio, and a peer's own kernel what is newer."""
        return self._context.bytes_unread(self._transport) > 0

    @property
    def _waiting(self) -> bool:
        return self._taken_bytes < len(self._unparsed)

    def _take_portion(self, now: float) -> None:
        """Parse a portion of a read, so that other calls get their turns before the next one."""
        portion = self._unparsed[self._taken_bytes : self._taken_bytes + PORTION_BYTES]
        self._taken_bytes += len(portion)
        if not self._waiting:
            self._unparsed, self._taken_bytes = b"", 0
        self._session.receive(portion, now, whole=not self._waiting, stale=self._stale)
        self._end_turn(now)
        if self._waiting:
            self._context.call_soon(self._read_on)

    def _read_on(self) -> None:
        """Take the next portion of a read; after the last one, let the transport read again."""
        if self._session.must_wait or self._transport.is_closing():
            return
        if self._waiting:
            self._take_portion(self._clock())
        if not self._waiting and not self._session.must_wait:
            self._transport.resume_reading()

    def _end_turn(self, now: float) -> None:
        """Write; then the session is settled, cut if it must be, and the fast path is open exactly if it may be."""
        self.flush(now)
        self._session.settle(self._transport.get_write_buffer_size(), now)
        if self._session.cut:
            self.abort()
        self._fast_call = self._session.fast_call
