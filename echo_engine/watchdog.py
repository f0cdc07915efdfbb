"""The limits of one connection in time and amount, held against it twice a second; no clock and no timer of its own."""

from __future__ import annotations

from echo_engine.allowance import CallAllowance
from echo_engine.call import Call
from echo_engine.calls import EndReason

HANDSHAKE_SECONDS = 4.0  # from the connection to the end of the request's head
CLOSE_SECONDS = 2.0  # from our last byte to the peer's end of the connection
LINGER_SECONDS, QUIET_SECONDS = 1.0, 0.25  # a peer that was sent an error may go on for the one, until it rests
STALLED_SECONDS = 10.0  # without reading; callers hang up long before, and the call moves
PING_AFTER = 2 / 3  # of the time after which a quiet peer is given up


class Watchdog:
    """Remembers what happened on a connection, and says what is due; every time is in seconds on one steady clock.

    A connection has a deadline for its handshake, none while its call is open, and one again for its closing.
    """

    __slots__ = (
        "_allowance", "_answered", "_bytes_spent", "_deadline", "_frames_spent", "_heard_at", "_idle_seconds",
        "_others_spent", "_pinged_at", "_write_paused_at",
    )  # fmt: skip

    def __init__(self, idle_seconds: float, now: float) -> None:
        """Take the seconds after which a peer that sends nothing is given up."""
        self._idle_seconds = idle_seconds
        self._allowance: CallAllowance | None = None  # set with the call
        self._frames_spent = self._others_spent = self._bytes_spent = 0  # by this connection
        self._deadline: float | None = now + HANDSHAKE_SECONDS
        self._answered = False  # the close frame, by another one
        self._heard_at = now  # frames on the fast path leave their time on the call alone
        self._pinged_at: float | None = None
        self._write_paused_at: float | None = None  # while the write buffer is full

    def call_opened(self, allowance: CallAllowance) -> None:
        """Note that the handshake has led to a call, and how much the call may send."""
        self._deadline = None
        self._allowance = allowance

    def heard(self, now: float) -> None:
        """Note that the peer has sent something."""
        self._heard_at = now

    def pinged(self, now: float) -> None:
        """Note that the peer was sent a ping."""
        self._pinged_at = now

    def writing_paused(self, now: float) -> None:
        """Note that the peer does not read what it is sent."""
        self._write_paused_at = now

    def writing_resumed(self) -> None:
        """Note that the peer reads again."""
        self._write_paused_at = None

    def answered(self) -> None:
        """Note that the peer has answered the close frame, so that nothing more will come."""
        self._answered = True

    def closing(self, now: float) -> None:
        """Note that the peer alone has to end the connection now; only the first time counts."""
        if self._deadline is None:
            self._deadline = now + CLOSE_SECONDS

    @property
    def write_paused(self) -> bool:
        """Whether the write buffer is full."""
        return self._write_paused_at is not None

    def lingers(self, now: float) -> bool:
        """Tell whether a peer that was sent an error may still be sending; for LINGER_SECONDS at most."""
        if self._answered or now - self._heard_at >= QUIET_SECONDS:
            return False
        return self._deadline is None or now < self._deadline - CLOSE_SECONDS + LINGER_SECONDS

    def overdue(self, now: float) -> bool:
        """Tell whether the handshake, or the end of the connection, has taken too long."""
        return self._deadline is not None and now >= self._deadline

    def breach(self, call: Call, others: int, text_bytes: int, now: float) -> EndReason | None:
        """Return the limit that an open call breaks, if it breaks one; to be asked about twice a second.

        `others` are the control frames and text messages so far.
        """
        if self._deadline is not None:
            return None  # the call is being closed already
        if self._write_paused_at is not None and now - self._write_paused_at >= STALLED_SECONDS:
            return EndReason.STALLED
        if not self.within_allowance(call.frames_received, others, call.bytes_received + text_bytes, now):
            return EndReason.RATE_EXCEEDED
        return EndReason.IDLE if now - self._last_heard(call) >= self._idle_seconds else None

    def ping_due(self, call: Call, now: float) -> bool:
        """Tell whether the peer of an open call has been quiet for so long that a ping must ask for it."""
        heard_at = self._last_heard(call)
        if self._deadline is not None or now - heard_at < self._idle_seconds * PING_AFTER:
            return False
        return self._pinged_at is None or self._pinged_at < heard_at

    def _last_heard(self, call: Call) -> float:
        return max(self._heard_at, call.quality.last_at)

    def within_allowance(self, frames: int, others: int, payload_bytes: int, now: float) -> bool:
        """Take the totals of an open call so far; return whether all that is new in them was allowed."""
        if self._allowance is None:
            raise AssertionError("a call is opened with its allowance")
        new = frames - self._frames_spent, others - self._others_spent, payload_bytes - self._bytes_spent
        self._frames_spent, self._others_spent, self._bytes_spent = frames, others, payload_bytes
        return self._allowance.spend(*new, now)
