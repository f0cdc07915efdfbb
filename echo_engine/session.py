"""The server's side of one connection, without I/O: bytes and times in, bytes out.

A session goes through four states, in this order, and may end in any of them:

1. *Handshake*: the request's head comes in. There is no call yet; the watchdog has a deadline.
2. *Open*: messages go to the call, its replies go back. The watchdog has no deadline, only limits.
3. *Closing*: a close frame was sent. What the peer still sends is dropped; the watchdog has a deadline again.
4. *Gone*: `end` accounts for the call, once, whatever led there.

The state is not kept here: the protocol knows whether it is open, the call exists from the second state on, and the
watchdog has the deadlines. The steps are those of the websockets documentation, "Integrate the Sans-I/O layer".
"""

from __future__ import annotations

import logging
from types import GeneratorType
from typing import cast

from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.streams import StreamReader

from echo_engine.call import Call, Message
from echo_engine.call_figures import figures_of
from echo_engine.call_log import log_end, log_start
from echo_engine.calls import EndReason
from echo_engine.context import Context
from echo_engine.handshake import receive_head
from echo_engine.platform_messages import notify
from echo_engine.reassembly import MAX_MESSAGE_BYTES, Reassembly
from echo_engine.watchdog import Watchdog

MAX_WRITE_BUFFER_BYTES = 512 * 1024  # more than the echo of one read, which is 256,000 bytes in uvloop
# For the ends that this side decides. A stalled peer gets none: a close frame would wait behind unread audio.
CLOSE_CODES = {
    EndReason.RATE_EXCEEDED: CloseCode.POLICY_VIOLATION,
    EndReason.IDLE: CloseCode.GOING_AWAY,
    EndReason.DRAINED: CloseCode.SERVICE_RESTART,
}

protocol_log = logging.getLogger("websockets.server")


class Session:
    """An HTTP request, and the call that it may open; whoever feeds it writes `data_to_send()` after each verb."""

    __slots__ = (
        "_connected_at", "_context", "_end_reason", "_eof_due", "_messages", "_protocol", "_reassembly", "_watchdog",
        "call", "cut",
    )  # fmt: skip

    def __init__(self, context: Context, now: float) -> None:
        self._context = context
        self._connected_at = now
        self._protocol = ServerProtocol(max_size=MAX_MESSAGE_BYTES, logger=protocol_log)
        self._reassembly = Reassembly()
        self._messages: list[Message] = []  # of a read that has not been parsed to its end
        self._watchdog = Watchdog(context.idle_seconds, now)
        self._end_reason: EndReason | None = None  # set where this side ends the call
        self._eof_due = False  # True from the protocol's end of the data until it may be written
        self.call: Call | None = None  # set by the handshake
        self.cut = False  # True when the connection must go at once, without a close frame

    @property
    def fast_call(self) -> Call | None:
        """The call, if its frames may go past the parser.

        The application sends every frame back at once, the parser stands between two messages, and nothing keeps the
        frames from the peer.
        """
        call = self.call
        if call is None or not call.echoes or self._blocked() is not None or not self._reassembly.between_messages:
            return None
        return call if _between_frames(self._protocol) else None

    @property
    def must_wait(self) -> bool:
        """Whether the peer is not read from until it has read its echo: a plain client, who loses nothing."""
        return self._watchdog.write_paused and self.call is not None and self.call.frame_bytes is None

    def data_to_send(self, now: float) -> list[bytes]:
        """Return the bytes to write; empty bytes mean the end.

        The end waits while a peer that was sent an error is still sending: a socket that is closed over unread bytes is
        reset, and a reset may reach the peer before it has read the close frame. Some clients behind a proxy were seen
        to get a reset for 1009; that this was the reason has not been reproduced.
        """
        data = self._protocol.data_to_send()
        if data and not data[-1] and self._protocol.close_sent is not None and self._protocol.close_rcvd is None:
            self._eof_due = True
            del data[-1]
        if self._eof_due and not self._watchdog.lingers(now):
            self._eof_due = False
            data.append(b"")
        return data

    def receive(self, data: bytes, now: float, *, whole: bool, stale: bool) -> None:
        """Take a portion of a read; the last one, which makes it whole, lets the call answer all of the read.

        So a platform's call keeps the newest frames of a burst. A plain client is answered portion by portion. `stale`
        says that newer audio waits already: a live call answers that.
        """
        if self._eof_due and _is_close_frame(data):
            self._watchdog.answered()
        else:
            self._watchdog.heard(now)
        if self._protocol.state is State.CONNECTING:
            data = self._receive_head(data, now)
        if data:
            self._protocol.receive_data(data)
        if self.call is not None:
            self._receive_messages(self.call, now, whole=whole, stale=stale)

    def receive_eof(self) -> None:
        """End the call: half a connection is of no use to an echo (RFC 6455, 7.1.1)."""
        self._protocol.receive_eof()

    def writing_paused(self, now: float) -> None:
        """Note that the peer does not read: the platform's audio is dropped, a plain client has to wait."""
        self._watchdog.writing_paused(now)

    def writing_resumed(self) -> None:
        """Go on with the echo."""
        self._watchdog.writing_resumed()
        if self.call is not None:
            self.call.writing_resumed()

    def settle(self, buffered_bytes: int, now: float) -> None:
        """Hold what is true after every turn: the peer leaves little unread, and a closing session has a deadline."""
        if buffered_bytes > MAX_WRITE_BUFFER_BYTES:
            self._fail(EndReason.STALLED)
        elif self._protocol.close_expected():
            self._watchdog.closing(now)

    def close(self, reason: EndReason) -> None:
        """Start the closing handshake of an open call."""
        if self._protocol.state is State.OPEN:
            self._end_reason = reason
            self._protocol.send_close(CLOSE_CODES[reason])

    def sweep(self, now: float) -> bool:
        """Cut a session whose time is up, end a call that breaks a limit, ask a peer; return whether any was due."""
        if self._watchdog.overdue(now):
            self.cut = True
        elif self._eof_due:
            return True
        elif self.call is None:
            return False
        elif (breach := self._breach(self.call, now)) is not None:
            self._fail(breach)
        else:
            self.call.quality.sweep()
            return self._probe(self.call, now)
        return True

    def end(self, now: float) -> None:
        """Account for the call of a connection that is gone."""
        if self.call is not None:
            reason = self._end_reason or _reason_seen(self._protocol)
            self._context.calls.end(self.call)
            figures = figures_of(self.call)
            self._context.metrics.count_ended_call(self.call, figures, reason.value, now)
            log_end(self._protocol, self.call, figures, reason, now)

    def _receive_head(self, data: bytes, now: float) -> bytes:
        data, identity = receive_head(self._protocol, data, self._context)
        if self._protocol.state is State.OPEN:
            self.call = self._context.new_call(now, identity)
            self._watchdog.call_opened(self._context.calls.begin(self.call, now))
            self._context.metrics.quality.handshake.observe(now - self._connected_at)
            log_start(self._protocol, self.call)
        return data

    def _receive_messages(self, call: Call, now: float, *, whole: bool, stale: bool) -> None:
        frames = cast(list[Frame], self._protocol.events_received())
        self._receive_pongs(frames, call, now)
        messages, error = self._reassembly.receive(frames)
        self._messages += messages
        if (breach := self._breach(call, now)) is not None:
            self._fail(breach)
        elif whole or error is not None or call.frame_bytes is None:
            messages, self._messages = self._messages, []
            blocked = self._blocked() or ("stale" if stale and call.drops_late_audio else None)
            self._send(call.receive(messages, now, blocked))
            self._context.metrics.quality.play_out_lag.observe(call.queue_check.take_found())
        if error is not None and self._protocol.state is State.OPEN:
            self._protocol.fail(error.code, error.reason)

    def _send(self, messages: list[Message]) -> None:
        for message in messages:
            if isinstance(message, str):
                self._protocol.send_text(message.encode())
            else:
                self._protocol.send_binary(message)

    def _blocked(self) -> str | None:
        """Return why nothing can be sent now, None if something can."""
        if self._protocol.state is not State.OPEN:
            return "closing"
        return "backlog" if self._watchdog.write_paused else None

    def _probe(self, call: Call, now: float) -> bool:
        """Ping a quiet peer, or send a mark to find out how much audio waits; return whether either was due."""
        if self._watchdog.ping_due(call, now):
            self._watchdog.pinged(now)
            self._protocol.send_ping(b"")
            return True
        if self._blocked() is not None or (mark := call.send_mark(now)) is None:
            return False
        self._protocol.send_text(notify(mark).encode())
        self._protocol.send_ping(b"%d" % mark)
        return True

    def _receive_pongs(self, frames: list[Frame], call: Call, now: float) -> None:
        """Take the marks in pongs; any other pong says nothing here."""
        for frame in frames:
            if frame.opcode is Opcode.PONG and (mark := bytes(frame.data)).isdigit() and len(mark) < 10:
                self._context.metrics.quality.round_trip.observe(call.queue_check.receive_pong(int(mark), now))

    def _breach(self, call: Call, now: float) -> EndReason | None:
        return self._watchdog.breach(call, self._reassembly.others_received, self._reassembly.text_bytes, now)

    def _fail(self, reason: EndReason) -> None:
        """End the call without listening to the peer any more: with a close frame, or at once if it would be stuck."""
        self._end_reason = reason
        if reason in CLOSE_CODES:
            self._protocol.fail(CLOSE_CODES[reason])
        else:
            self.cut = True


def _reason_seen(protocol: ServerProtocol) -> EndReason:
    """Return why a call ended that this side did not decide to end."""
    if protocol.close_sent is None:
        return EndReason.LOST
    # The library answers the peer's close frame with that same one, and a fault with a frame of its own.
    return EndReason.CLOSED_BY_PEER if protocol.close_sent is protocol.close_rcvd else EndReason.PROTOCOL_ERROR


def _between_frames(protocol: ServerProtocol) -> bool:
    """Tell whether the parser waits for the first byte of a WebSocket frame."""
    waiting = cast("GeneratorType[None, None, None]", protocol.parser)
    while (inner := waiting.gi_yieldfrom) is not None:
        waiting = cast("GeneratorType[None, None, None]", inner)
    return waiting.gi_code is StreamReader.at_eof.__code__


def _is_close_frame(data: bytes) -> bool:
    """Tell whether a read is a close frame only: the answer of a peer that has read ours and sends nothing more."""
    return data[:1] == b"\x88" and len(data) == 6 + (data[1] & 0x7F if len(data) > 1 else 0)
