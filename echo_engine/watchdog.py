"""The limits of one connection in time and amount, held against it twice a second; no clock and no timer of its own."""

from __future__ import annotations

from dataclasses import dataclass

from echo_engine.allowance import Allowance
from echo_engine.call import Call
from echo_engine.call_end import EndReason

HANDSHAKE_SECONDS = 4.0  # from the connection to the end of the request's head
CLOSE_SECONDS = 2.0  # from our last byte to the peer's end of the connection
PING_AFTER = 2 / 3  # of the time after which a quiet peer is given up
MAX_FRAMES_PER_SECOND, FRAMES_BURST = 100, 10_000  # the platform sends 50, and up to 3072 at once after a stall
MAX_MESSAGES_PER_SECOND, MESSAGES_BURST = 25, 2_000  # text messages, pings and pongs


@dataclass(frozen=True, slots=True)
class Limits:
    """What a connection may cost."""

    max_message_bytes: int = 64 * 1024
    idle_seconds: float = 60.0
    stalled_seconds: float = 10.0


class Watchdog:
    """Remembers what happened on a connection, and says what is due; every time is in seconds on one steady clock.

    A connection has a deadline for its handshake, none while its call is open, and one again for its closing.
    """

    __slots__ = (
        "_deadline",
        "_frames_allowed",
        "_heard_at",
        "_limits",
        "_messages_allowed",
        "_pinged_at",
        "_write_paused_at",
    )

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._frames_allowed = Allowance(MAX_FRAMES_PER_SECOND, FRAMES_BURST, now)
        self._messages_allowed = Allowance(MAX_MESSAGES_PER_SECOND, MESSAGES_BURST, now)
        self._deadline: float | None = now + HANDSHAKE_SECONDS
        self._heard_at = now  # frames on the fast path leave their time on the call alone
        self._pinged_at: float | None = None
        self._write_paused_at: float | None = None  # while the write buffer is full

    def call_opened(self) -> None:
        """Note that the handshake has led to a call."""
        self._deadline = None

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

    def closing(self, now: float) -> None:
        """Note that the peer alone has to end the connection now; only the first time counts."""
        if self._deadline is None:
            self._deadline = now + CLOSE_SECONDS

    @property
    def write_paused(self) -> bool:
        """Whether the write buffer is full."""
        return self._write_paused_at is not None

    def overdue(self, now: float) -> bool:
        """Tell whether the handshake, or the end of the connection, has taken too long."""
        return self._deadline is not None and now >= self._deadline

    def breach(self, call: Call, control_frames: int, now: float) -> EndReason | None:
        """Return the limit that an open call breaks, if it breaks one; to be asked about twice a second."""
        if self._deadline is not None:
            return None  # the call is being closed already
        if self._write_paused_at is not None and now - self._write_paused_at >= self._limits.stalled_seconds:
            return EndReason.STALLED
        if not self._within_rates(call, control_frames, now):
            return EndReason.RATE_EXCEEDED
        return EndReason.IDLE if now - self._last_heard(call) >= self._limits.idle_seconds else None

    def ping_due(self, call: Call, now: float) -> bool:
        """Tell whether the peer of an open call has been quiet for so long that a ping must ask for it."""
        heard_at = self._last_heard(call)
        if self._deadline is not None or now - heard_at < self._limits.idle_seconds * PING_AFTER:
            return False
        return self._pinged_at is None or self._pinged_at < heard_at

    def _last_heard(self, call: Call) -> float:
        return max(self._heard_at, call.last_frame_at)

    def _within_rates(self, call: Call, control_frames: int, now: float) -> bool:
        frames = self._frames_allowed.covers(call.frames_received, now)
        return self._messages_allowed.covers(call.texts_received + control_frames, now) and frames
