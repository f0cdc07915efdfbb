"""How much a call may send: so much a second, and more at once after a pause."""

from __future__ import annotations

# The platform sends 50 frames a second, and up to 3072 at once after a stall (platform.md, 3.7).
MAX_FRAMES_PER_SECOND, FRAMES_BURST = 100, 10_000
MAX_OTHERS_PER_SECOND, OTHERS_BURST = 25, 500  # text messages, pings and pongs
MAX_BYTES_PER_SECOND, BYTES_BURST = 512 * 1024, 32 * 1024 * 1024  # ten times the audio at 24 kHz


class Allowance:
    """A token bucket: starts full, never holds more than the burst."""

    __slots__ = ("_at", "_burst", "_left", "_per_second")

    def __init__(self, per_second: float, burst: int, now: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left = float(burst)
        self._at = now

    def spend(self, amount: int, now: float) -> bool:
        """Take an amount that was sent; return whether it was allowed."""
        self._left = min(self._left + (now - self._at) * self._per_second, self._burst) - amount
        self._at = now
        return self._left >= 0

    def full(self, now: float) -> bool:
        """Tell whether nothing of the burst is missing."""
        return self._left + (now - self._at) * self._per_second >= self._burst


class CallAllowance:
    """All that a call may send; the sockets that one token opens share it, so that a new socket refills nothing."""

    __slots__ = ("_bytes", "_frames", "_others")

    def __init__(self, now: float) -> None:
        self._frames = Allowance(MAX_FRAMES_PER_SECOND, FRAMES_BURST, now)
        self._others = Allowance(MAX_OTHERS_PER_SECOND, OTHERS_BURST, now)
        self._bytes = Allowance(MAX_BYTES_PER_SECOND, BYTES_BURST, now)

    def spend(self, frames: int, others: int, payload_bytes: int, now: float) -> bool:
        """Take the binary messages, the other ones and the bytes that came; return whether all were allowed."""
        allowed = (
            self._frames.spend(frames, now),
            self._others.spend(others, now),
            self._bytes.spend(payload_bytes, now),
        )
        return all(allowed)

    def full(self, now: float) -> bool:
        """Tell whether the call has not sent more than its pace for a while: then a new allowance is the same."""
        return self._frames.full(now) and self._others.full(now) and self._bytes.full(now)
