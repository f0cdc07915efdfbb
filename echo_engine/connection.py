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

from websockets.exceptions import InvalidMessage
from websockets.frames import CTRL_OPCODES, CloseCode, Frame
from websockets.http11 import Request
from websockets.protocol import SEND_EOF, State
from websockets.server import ServerProtocol

from echo_engine.assembly import Assembly, UnassemblableError
from echo_engine.call import Call, EchoPolicy, Message
from echo_engine.fastpath import echo_frames
from echo_engine.handshake import Door, refuse_malformed, respond
from echo_engine.metrics import Metrics
from echo_engine.record import EndReason, log_end, log_start, reason_seen
from echo_engine.watch import CLOSE_SECONDS, Limits, Verdict, Watch
from shared.tokens import CallIdentity

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

    __slots__ = (
        "_assembly",
        "_call",
        "_end_reason",
        "_identity",
        "_protocol",
        "_shared",
        "_transport",
        "_unparsed_bytes",
        "_watch",
    )

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._protocol = ServerProtocol(max_size=shared.limits.max_message_bytes, logger=protocol_log)
        self._assembly = Assembly()
        self._call: Call | None = None  # set by the handshake
        self._identity: CallIdentity | None = None  # set with it
        self._end_reason: EndReason | None = None  # set where this side ends the call
        self._unparsed_bytes = 0  # fed to the parser less what its frames took: 0 between two frames
        self._watch = Watch(shared.limits, shared.clock())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a new connection in."""
        # uvloop's transports are no subclasses of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(WRITE_HIGH_WATER_BYTES)
        self._shared.connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Answer what the peer sent."""
        self._watch.received_at = self._shared.clock()
        if self._echo_fast(data):
            return
        if self._protocol.state is State.CONNECTING:
            data = self._receive_handshake(data)
        if data:
            self._protocol.receive_data(data)
            self._unparsed_bytes += len(data)
        self._answer(cast(list[Frame], self._protocol.events_received()))
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
            log_end(self._protocol, self._call, self._identity, reason, self._shared.clock())

    def pause_writing(self) -> None:
        """Stop the echo while the peer doesn't read: the platform's audio is dropped, a plain client has to wait."""
        self._watch.write_paused_at = self._shared.clock()
        if self._call is not None and self._call.frame_bytes is None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on with the echo."""
        self._watch.write_paused_at = math.inf
        self._transport.resume_reading()
        if self._call is not None:
            self._call.writing_resumed()

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

    def close(self, code: CloseCode, reason: EndReason) -> None:
        """Start the closing handshake of an open call."""
        if self._protocol.state is State.OPEN:
            self._end_reason = reason
            self._protocol.send_close(code)
            self.flush()

    def sweep(self, now: float) -> None:
        """Cut a connection whose time is up, end a call that breaks a limit, ping a quiet peer."""
        verdict = self._watch.judge(self._call, now)
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

    def _echo_fast(self, data: bytes) -> bool:
        """Echo what was read without the parser, if it is nothing but whole frames in an open call."""
        call = self._call
        if call is None or self._unparsed_bytes or self._watch.write_paused_at < math.inf or self._assembly.under_way:
            return False
        if self._protocol.state is not State.OPEN:
            return False
        echo = echo_frames(data, self._shared.limits.max_message_bytes, call.frame_bytes)
        if echo is None or not call.echo_at_once(echo[1], echo[2], self._watch.received_at):
            return False
        self._transport.write(echo[0])
        return True

    def _receive_handshake(self, data: bytes) -> bytes:
        """Feed the request's head line by line and answer it; return the bytes behind it.

        The parser would take frames behind the head before the request is accepted.
        """
        while data and self._protocol.state is State.CONNECTING and not self._protocol.eof_sent:
            line, newline, data = data.partition(b"\n")
            self._protocol.receive_data(line + newline)
            for request in self._protocol.events_received():
                self._open(cast(Request, request))
        if isinstance(self._protocol.handshake_exc, InvalidMessage) and self._protocol.writes == [SEND_EOF]:
            # The library hangs up without a word, which a proxy takes for a server that is down.
            self._protocol.writes.insert(0, refuse_malformed(self._protocol).serialize())
        return data

    def _open(self, request: Request) -> None:
        response, self._identity = respond(self._protocol, request, self._shared.door)
        self._protocol.send_response(response)
        if response.status_code == 101:
            self._watch.deadline = math.inf
            self._call = Call(self._shared.policy, self._watch.received_at)
            self._shared.metrics.call_started(self._call)
            log_start(self._protocol, self._identity)
        elif self._protocol.accept_called:
            self._shared.metrics.handshakes_refused[str(response.status_code)] += 1

    def _answer(self, frames: list[Frame]) -> None:
        if self._call is None:
            return
        received, fault = self._assemble(frames)
        blocked = self._blocked()
        for reply in self._call.receive(received, self._watch.received_at, blocked):
            if isinstance(reply, str):
                self._protocol.send_text(reply.encode())
            else:
                self._protocol.send_binary(reply)
        if fault is not None and self._protocol.state is State.OPEN:
            self._protocol.fail(fault.code, fault.reason)

    def _blocked(self) -> str | None:
        if self._protocol.state is not State.OPEN:
            return "closing"
        return "backlog" if self._watch.write_paused_at < math.inf else None

    def _assemble(self, frames: list[Frame]) -> tuple[list[Message], UnassemblableError | None]:
        received: list[Message] = []
        for frame in frames:
            self._unparsed_bytes -= wire_bytes(frame)
            if frame.opcode in CTRL_OPCODES:
                self._watch.control_frames += 1
                continue
            try:
                message = self._assembly.add(frame)
            except UnassemblableError as error:
                return received, error
            if message is not None:
                received.append(message)
        return received, None


def wire_bytes(frame: Frame) -> int:
    """Return the size of a frame as a client sends it, if its length is in the shortest form (RFC 6455, 5.2)."""
    length = len(frame.data)
    return length + (6 if length < 126 else 8 if length < 65536 else 14)
