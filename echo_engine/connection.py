"""One TCP connection: bytes between the transport, the WebSocket protocol and the call.

A connection goes through four states, in this order, and may end in any of them:

1. *Handshake*: the request's head comes in. There is no call yet; the watchdog has a deadline.
2. *Open*: messages go to the call, its replies go back. The watchdog has no deadline, only limits.
3. *Closing*: a close frame was sent, by either side's wish, or the call broke a rule. What the peer still sends is
   counted as dropped. The watchdog has a deadline again.
4. *Gone*: `connection_lost` accounts for the call, once, whatever led there.

The state is not kept here. The protocol knows whether it is open, the call exists from the second state on, and the
watchdog has the deadlines; a copy of any of them could disagree with its owner.

Two rules hold in every state. `flush()` alone writes, but for the fast path, which writes only what `flush()` would
have written. And every turn (something received, a limit reached, a stop of the engine) ends in `_end_turn()`.
The steps are those of the websockets documentation, "Integrate the Sans-I/O layer".
"""

from __future__ import annotations

import asyncio
import logging
from typing import cast

from websockets.frames import Frame
from websockets.protocol import State
from websockets.server import ServerProtocol

from echo_engine.call import Call
from echo_engine.call_end import CLOSE_CODES, EndReason, reason_seen
from echo_engine.call_log import log_end, log_start
from echo_engine.context import Context
from echo_engine.fastpath import echo_frames
from echo_engine.handshake import receive_head
from echo_engine.reassembly import Reassembly
from echo_engine.watchdog import Watchdog

WRITE_HIGH_WATER_BYTES = 16 * 1024  # about half a second of audio
MAX_WRITE_BUFFER_BYTES = 512 * 1024  # more than the echo of one read, which is 256,000 bytes in uvloop

protocol_log = logging.getLogger("websockets.server")


class Connection(asyncio.Protocol):
    """An HTTP request on a TCP connection, and the call that it may open."""

    __slots__ = (
        "_call", "_connections", "_context", "_end_reason", "_fast_call", "_protocol", "_reassembly", "_transport",
        "_watchdog",
    )  # fmt: skip

    def __init__(self, context: Context, connections: set[Connection]) -> None:
        """Take the set that holds all connections, and this one from `connection_made` to `connection_lost`."""
        self._context = context
        self._connections = connections
        self._protocol = ServerProtocol(max_size=context.limits.max_message_bytes, logger=protocol_log)
        self._reassembly = Reassembly()
        self._watchdog = Watchdog(context.limits, context.clock())
        self._call: Call | None = None  # set by the handshake
        self._fast_call: Call | None = None  # the call, while its frames may go past the parser
        self._end_reason: EndReason | None = None  # set where this side ends the call

    @property
    def carries_call(self) -> bool:
        """Whether the handshake has led to a call."""
        return self._call is not None

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
        if call is not None:
            echo = echo_frames(data, self._context.limits.max_message_bytes, call.frame_bytes)
            if echo is not None and call.echo_at_once(echo[1], echo[2], now):
                self._transport.write(echo[0])
                return
        self._watchdog.heard(now)
        if self._protocol.state is State.CONNECTING:
            data = self._receive_head(data, now)
        if data:
            self._protocol.receive_data(data)
        if self._call is not None:
            self._receive_messages(self._call, len(data), now)
        self._end_turn(now)

    def eof_received(self) -> None:
        """End the call: half a connection is of no use to an echo (RFC 6455, 7.1.1)."""
        self._protocol.receive_eof()
        self._end_turn(self._context.clock())

    def connection_lost(self, exc: Exception | None) -> None:
        """Account for the end of the connection, and of its call."""
        self._connections.discard(self)
        if self._call is not None:
            reason = self._end_reason or reason_seen(self._protocol)
            self._context.calls.end(self._call)
            self._context.metrics.count_ended_call(self._call, reason.value)
            log_end(self._protocol, self._call, reason, self._context.clock())

    def pause_writing(self) -> None:
        """Stop the echo while the peer doesn't read: the platform's audio is dropped, a plain client has to wait."""
        self._watchdog.writing_paused(self._context.clock())
        self._choose_path()
        if self._call is not None and self._call.frame_bytes is None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on with the echo."""
        self._watchdog.writing_resumed()
        self._transport.resume_reading()
        if self._call is not None:
            self._call.writing_resumed()
        self._choose_path()

    def close(self, reason: EndReason) -> None:
        """Start the closing handshake of an open call."""
        if self._protocol.state is State.OPEN:
            self._end_reason = reason
            self._protocol.send_close(CLOSE_CODES[reason])
            self._end_turn(self._context.clock())

    def sweep(self, now: float) -> None:
        """Cut a connection whose time is up, end a call that breaks a limit, ping a quiet peer."""
        if self._watchdog.overdue(now):
            self.abort()
        elif self._call is not None:
            breach = self._watchdog.breach(self._call, self._reassembly.control_frames, now)
            if breach is not None:
                self._fail(breach, now)
            elif self._watchdog.ping_due(self._call, now):
                self._watchdog.pinged(now)
                self._protocol.send_ping(b"")
                self._end_turn(now)

    def abort(self) -> None:
        """Cut the connection at once."""
        self._transport.abort()

    def flush(self) -> None:
        """Write all that the protocol has to send."""
        for data in self._protocol.data_to_send():
            if self._transport.is_closing():
                break
            if data:
                self._transport.write(data)
            else:
                self._transport.write_eof()

    def _end_turn(self, now: float) -> None:
        """Write, then hold the invariant of every turn's end.

        The write buffer is within its limit or the connection is cut, a closing connection has its deadline, and the
        fast path is open exactly if it is allowed.
        """
        self.flush()
        if self._transport.get_write_buffer_size() > MAX_WRITE_BUFFER_BYTES:
            self._fail(EndReason.STALLED, now)
        elif self._protocol.close_expected():
            self._watchdog.closing(now)
        self._choose_path()

    def _choose_path(self) -> None:
        """Let frames go past the parser while it stands between two messages and nothing keeps them from the peer."""
        fast = self._call is not None and self._reassembly.between_messages and self._blocked() is None
        self._fast_call = self._call if fast else None

    def _fail(self, reason: EndReason, now: float) -> None:
        """End the call without listening to the peer any more: with a close frame, or at once if it would be stuck."""
        self._end_reason = reason
        if reason not in CLOSE_CODES:
            self.abort()
            return
        self._protocol.fail(CLOSE_CODES[reason])
        self._end_turn(now)

    def _receive_head(self, data: bytes, now: float) -> bytes:
        data, identity = receive_head(self._protocol, data, self._context)
        if self._protocol.state is State.OPEN:
            self._watchdog.call_opened()
            self._call = Call(self._context.policy, now, identity)
            self._context.calls.begin(self._call)
            log_start(self._protocol, self._call)
        return data

    def _receive_messages(self, call: Call, bytes_parsed: int, now: float) -> None:
        frames = cast(list[Frame], self._protocol.events_received())
        received, error = self._reassembly.receive(bytes_parsed, frames)
        for reply in call.receive(received, now, self._blocked()):
            if isinstance(reply, str):
                self._protocol.send_text(reply.encode())
            else:
                self._protocol.send_binary(reply)
        if error is not None and self._protocol.state is State.OPEN:
            self._protocol.fail(error.code, error.reason)

    def _blocked(self) -> str | None:
        """Return why nothing can be sent now, None if something can."""
        if self._protocol.state is not State.OPEN:
            return "closing"
        return "backlog" if self._watchdog.write_paused else None
