"""One TCP connection: carries bytes between the transport, the WebSocket protocol and the call.

The steps are those of the websockets documentation, "Integrate the Sans-I/O layer". `flush()` alone writes, besides
the fast path.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from websockets.frames import CloseCode, Frame
from websockets.protocol import State
from websockets.server import ServerProtocol

from echo_engine.call import Call, EchoPolicy
from echo_engine.call_log import EndReason, log_end, log_start, reason_seen
from echo_engine.fastpath import echo_frames
from echo_engine.handshake import Door, receive_head
from echo_engine.metrics import Metrics
from echo_engine.reassembly import Assembly
from echo_engine.watchdog import CLOSE_SECONDS, Limits, Verdict, Watch

WRITE_HIGH_WATER_BYTES = 16 * 1024  # about half a second of audio
MAX_WRITE_BUFFER_BYTES = 512 * 1024  # more than the echo of one read, which is 256,000 bytes in uvloop

protocol_log = logging.getLogger("websockets.server")


@dataclass(frozen=True, slots=True)
class Shared:
    """What all connections of a process have in common."""

    policy: EchoPolicy
    limits: Limits
    metrics: Metrics
    door: Door
    clock: Callable[[], float]
    connections: set[Connection] = field(default_factory=set)


class Connection(asyncio.Protocol):
    """An HTTP request on a TCP connection, and the call that it may open."""

    __slots__ = ("_assembly", "_call", "_end_reason", "_fast_call", "_protocol", "_shared", "_transport", "_watch")

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._protocol = ServerProtocol(max_size=shared.limits.max_message_bytes, logger=protocol_log)
        self._assembly = Assembly()
        self._call: Call | None = None  # set by the handshake
        self._fast_call: Call | None = None  # the call, while its frames may go past the parser
        self._end_reason: EndReason | None = None  # set where this side ends the call
        self._watch = Watch(shared.limits, shared.clock())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a new connection in."""
        # uvloop's transports are no subclasses of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(WRITE_HIGH_WATER_BYTES)
        self._shared.connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Answer what the peer sent."""
        now = self._shared.clock()
        call = self._fast_call
        if call is not None:
            echo = echo_frames(data, self._shared.limits.max_message_bytes, call.frame_bytes)
            if echo is not None and call.echo_at_once(echo[1], echo[2], now):
                self._transport.write(echo[0])
                return
        self._watch.received_at = now
        if self._protocol.state is State.CONNECTING:
            data = self._receive_head(data)
        if data:
            self._protocol.receive_data(data)
        self._answer(len(data), cast(list[Frame], self._protocol.events_received()))
        self.flush()

    def eof_received(self) -> None:
        """End the call: half a connection is of no use to an echo (RFC 6455, 7.1.1)."""
        self._protocol.receive_eof()
        self.flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """Account for the end of the connection, and of its call."""
        self._shared.connections.discard(self)
        if self._call is not None:
            reason = self._end_reason or reason_seen(self._protocol)
            self._shared.metrics.call_ended(self._call, reason.value)
            log_end(self._protocol, self._call, reason, self._shared.clock())

    def pause_writing(self) -> None:
        """Stop the echo while the peer doesn't read: the platform's audio is dropped, a plain client has to wait."""
        self._watch.write_paused_at = self._shared.clock()
        self._choose_path()
        if self._call is not None and self._call.frame_bytes is None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on with the echo."""
        self._watch.write_paused_at = math.inf
        self._transport.resume_reading()
        if self._call is not None:
            self._call.writing_resumed()
        self._choose_path()

    def flush(self) -> None:
        """Write what the protocol has to send; at the end of a call or request, end the connection."""
        for data in self._protocol.data_to_send():
            if self._transport.is_closing():
                break
            if data:
                self._transport.write(data)
            else:
                self._transport.write_eof()
        if self._transport.get_write_buffer_size() > MAX_WRITE_BUFFER_BYTES:
            self._cut(EndReason.STALLED)
        elif self._watch.deadline == math.inf and self._protocol.close_expected():
            self._watch.deadline = self._shared.clock() + CLOSE_SECONDS
        self._choose_path()

    def close(self, code: CloseCode, reason: EndReason) -> None:
        """Start the closing handshake of an open call."""
        if self._protocol.state is State.OPEN:
            self._end_reason = reason
            self._protocol.send_close(code)
            self.flush()

    def sweep(self, now: float) -> None:
        """Cut a connection whose time is up, end a call that breaks a limit, ping a quiet peer."""
        verdict = self._watch.judge(self._call, self._assembly.control_frames, now)
        if verdict is Verdict.OVERDUE:
            self.abort()
        elif verdict is Verdict.STALLED:
            self._cut(EndReason.STALLED)
        elif verdict is Verdict.RATE_EXCEEDED:
            self._fail(CloseCode.POLICY_VIOLATION, EndReason.RATE_EXCEEDED)
        elif verdict is Verdict.IDLE:
            self._fail(CloseCode.GOING_AWAY, EndReason.IDLE)
        elif verdict is Verdict.PING_DUE:
            self._watch.pinged_at = now
            self._protocol.send_ping(b"")
            self.flush()

    def abort(self) -> None:
        """Cut the connection at once."""
        self._transport.abort()

    def _cut(self, reason: EndReason) -> None:
        self._end_reason = reason
        self.abort()

    def _fail(self, code: CloseCode, reason: EndReason) -> None:
        """End the call without listening to the peer any more."""
        self._end_reason = reason
        self._protocol.fail(code)
        self.flush()

    def _receive_head(self, data: bytes) -> bytes:
        data, identity = receive_head(self._protocol, data, self._shared.door)
        if self._protocol.state is State.OPEN:
            self._watch.deadline = math.inf
            self._call = Call(self._shared.policy, self._watch.received_at, identity)
            self._shared.metrics.call_started(self._call)
            log_start(self._protocol, self._call)
        return data

    def _choose_path(self) -> None:
        """Let frames go past the parser while it stands between two messages and nothing keeps them from the peer."""
        fast = self._call is not None and self._assembly.between_messages and self._blocked() is None
        self._fast_call = self._call if fast else None

    def _blocked(self) -> str | None:
        """Return why nothing can be sent now, if so."""
        if self._protocol.state is not State.OPEN:
            return "closing"
        return "backlog" if self._watch.write_paused_at < math.inf else None

    def _answer(self, data_bytes: int, frames: list[Frame]) -> None:
        if self._call is None:
            return
        received, fault = self._assembly.take(data_bytes, frames)
        for reply in self._call.receive(received, self._watch.received_at, self._blocked()):
            if isinstance(reply, str):
                self._protocol.send_text(reply.encode())
            else:
                self._protocol.send_binary(reply)
        if fault is not None and self._protocol.state is State.OPEN:
            self._protocol.fail(fault.code, fault.reason)
