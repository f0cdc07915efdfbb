"""One TCP connection: bytes between the transport and the session.

`flush()` alone writes, but for the fast path, which writes only what `flush()` would have written. Every turn
(something received, a limit reached, a stop of the engine) ends in `_end_turn()`.
"""

from __future__ import annotations

import asyncio
from typing import cast

from echo_engine.call import Call
from echo_engine.call_end import EndReason
from echo_engine.context import Context
from echo_engine.fastpath import echo_frames
from echo_engine.inbox import PORTION_BYTES, Inbox
from echo_engine.session import Session

MAX_FAST_BYTES = 16 * 1024  # of a read: 0.5 s of audio; more is too late to go back as it is
WRITE_HIGH_WATER_BYTES = 16 * 1024  # about half a second of audio


class Connection(asyncio.Protocol):
    """Reads in portions, writes at once, and takes the fast path where the session allows it."""

    __slots__ = ("_connections", "_context", "_fast_call", "_inbox", "_session", "_transport")

    def __init__(self, context: Context, connections: set[Connection]) -> None:
        """Take the set that holds all connections, and this one from `connection_made` to `connection_lost`."""
        self._context = context
        self._connections = connections
        self._session = Session(context, context.clock())
        self._inbox = Inbox()
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
        now = self._context.clock()
        call = self._fast_call
        if call is not None and len(data) <= MAX_FAST_BYTES:
            echo = echo_frames(data, self._context.limits.max_message_bytes, call.frame_bytes)
            if echo is not None and call.echo_at_once(echo[1], echo[2], now):
                self._transport.write(echo[0])
                return
        if len(data) > PORTION_BYTES:
            self._transport.pause_reading()
        self._inbox.put(data)
        self._take_portion(now)

    def eof_received(self) -> None:
        """End the call."""
        self._session.receive_eof()
        self._end_turn(self._context.clock())

    def connection_lost(self, exc: Exception | None) -> None:
        """Account for the end of the connection, and of its call."""
        self._connections.discard(self)
        self._session.end(self._context.clock())

    def pause_writing(self) -> None:
        """Stop the echo while the peer doesn't read."""
        self._session.writing_paused(self._context.clock())
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
        self._end_turn(self._context.clock())

    def sweep(self, now: float) -> None:
        """Hold the connection to its limits; to be called twice a second."""
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

    def _take_portion(self, now: float) -> None:
        portion = self._inbox.take()
        self._session.receive(portion, now, whole=not self._inbox.waiting)
        self._end_turn(now)
        if self._inbox.waiting:
            self._context.call_soon(self._read_on)

    def _read_on(self) -> None:
        """Take the next portion of a read; behind the last one, let the transport read again."""
        if self._session.must_wait or self._transport.is_closing():
            return
        if self._inbox.waiting:
            self._take_portion(self._context.clock())
        if not self._inbox.waiting and not self._session.must_wait:
            self._transport.resume_reading()

    def _end_turn(self, now: float) -> None:
        """Write; then the session is settled, cut if it must be, and the fast path is open exactly if it may be."""
        self.flush(now)
        self._session.settle(self._transport.get_write_buffer_size(), now)
        if self._session.cut:
            self.abort()
        self._fast_call = self._session.fast_call
