"""How much a call may send: so much a second, and more at once after a pause."""

from __future__ import annotations

# The platform sends 50 frames a second, and up to 3072 at once after a stall (platform.md, 3.7).
MAX_FRAMES_PER_SECOND, FRAMES_BURST = 100, 10_000
MAX_OTHERS_PER_SECOND, OTHERS_BURST = 25, 500  # text messages, pings and pongs
MAX_BYTES_PER_SECOND, BYTES_BURST = 512 * 1024, 32 * 1024 * 1024  # ten times the audio at 24 kHz


class CallAllowance:
    """What a call may still send, in three token buckets: they start full, and never hold more than their burst.

    The sockets that one token opens share it, so that a new socket refills nothing.
    """

    __slots__ = ("_at", "_bytes", "_frames", "_others")

    def __init__(self, now: float) -> None:
        self._frames, self._others, self._bytes = float(FRAMES_BURST), float(OTHERS_BURST), float(BYTES_BURST)
        self._at = now

    def spend(self, frames: int, others: int, payload_bytes: int, now: float) -> bool:
        """Take the binary messages, the other ones and the bytes that came; return whether all were allowed."""
        frames_left, others_left, bytes_left = self._refilled(now)
        self._at = now
        self._frames = frames_left - frames
        self._others = others_left - others
        self._bytes = bytes_left - payload_bytes
        return self._frames >= 0 and self._others >= 0 and self._bytes >= 0

    def full(self, now: float) -> bool:
        """Tell whether the call has not sent more than its pace for a while: then a new allowance is the same."""
        return self._refilled(now) == (FRAMES_BURST, OTHERS_BURST, BYTES_BURST)

    def _refilled(self, now: float) -> tuple[float, float, float]:
        seconds = now - self._at
        frames = self._frames + seconds * MAX_FRAMES_PER_SECOND
        others = self._others + seconds * MAX_OTHERS_PER_SECOND
        payload_bytes = self._bytes + seconds * MAX_BYTES_PER_SECOND
        return (
            frames if frames < FRAMES_BURST else FRAMES_BURST,
            others if others < OTHERS_BURST else OTHERS_BURST,
            payload_bytes if payload_bytes < BYTES_BURST else BYTES_BURST,
        )
