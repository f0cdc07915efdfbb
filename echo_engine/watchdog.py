"""The times and amounts of one connection, held against the limits at every sweep; no clock and no timer of its own."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

from echo_engine.allowance import Allowance
from echo_engine.call import Call

HANDSHAKE_SECONDS = 4.0  # from the connection to the end of the request's head
CLOSE_SECONDS = 2.0  # from our last byte to the peer's end of the connection
PING_AFTER = 2 / 3  # of the time after which a quiet peer is given up
MAX_FRAMES_PER_SECOND, FRAMES_BURST = 100, 10_000  # the platform sends 50, and up to 3072 at once after a stall
MAX_MESSAGES_PER_SECOND, MESSAGES_BURST = 25, 2_000  # text messages, pings and pongs


@dataclass(frozen=True, slots=True)
class Limits:
    """What a connection may cost."""

    max_calls: int = 2000
    max_message_bytes: int = 64 * 1024
    idle_seconds: float = 60.0
    stalled_seconds: float = 10.0


class Verdict(enum.Enum):
    """What a connection has coming."""

    OVERDUE = enum.auto()  # the handshake, or the end of the connection
    STALLED = enum.auto()
    RATE_EXCEEDED = enum.auto()
    IDLE = enum.auto()
    PING_DUE = enum.auto()


class Watch:
    """What a connection did last, and when."""

    __slots__ = (
        "_frames_allowed",
        "_limits",
        "_messages_allowed",
        "deadline",
        "pinged_at",
        "received_at",
        "write_paused_at",
    )

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._frames_allowed = Allowance(MAX_FRAMES_PER_SECOND, FRAMES_BURST, now)
        self._messages_allowed = Allowance(MAX_MESSAGES_PER_SECOND, MESSAGES_BURST, now)
        self.deadline = now + HANDSHAKE_SECONDS  # infinite while a call is open
        self.received_at = now
        self.pinged_at = -math.inf
        self.write_paused_at = math.inf  # finite while the write buffer is full

    def judge(self, call: Call | None, control_frames: int, now: float) -> Verdict | None:
        """Return what is due at a time in seconds; to be asked about twice a second."""
        if now >= self.deadline:
            return Verdict.OVERDUE
        if call is None or self.deadline < math.inf:
            return None
        if now - self.write_paused_at >= self._limits.stalled_seconds:
            return Verdict.STALLED
        if not self._within_rates(call, control_frames, now):
            return Verdict.RATE_EXCEEDED
        heard_at = max(self.received_at, call.last_frame_at)
        quiet = now - heard_at
        if quiet >= self._limits.idle_seconds:
            return Verdict.IDLE
        if quiet >= self._limits.idle_seconds * PING_AFTER and self.pinged_at < heard_at:
            return Verdict.PING_DUE
        return None

    def _within_rates(self, call: Call, control_frames: int, now: float) -> bool:
        frames = self._frames_allowed.covers(call.frames_received, now)
        return self._messages_allowed.covers(call.texts_received + control_frames, now) and frames
