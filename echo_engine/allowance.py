"""How much a call may send: an amount a second, and more at once after a pause."""

from __future__ import annotations


class Allowance:
    """A token bucket: starts full, never holds more than the burst."""

    __slots__ = ("_at", "_burst", "_left", "_per_second", "_total")

    def __init__(self, per_second: float, burst: int, now: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left = float(burst)
        self._at = now
        self._total = 0

    def covers(self, total: int, now: float) -> bool:
        """Take the total since the start; return whether the amount since the last look was allowed."""
        self._left = min(self._left + (now - self._at) * self._per_second, self._burst) - (total - self._total)
        self._at, self._total = now, total
        return self._left >= 0
