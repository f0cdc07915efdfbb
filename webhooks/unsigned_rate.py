"""Limits the answers to unsigned requests, per address and in all."""

from __future__ import annotations

import math
from threading import Lock
from typing import Literal, NamedTuple

BURST_SECONDS = 60.0  # after a pause, this time's answers may be given at once
FORGETTING_STARTS_AT = 128  # addresses
_ROUNDING_SECONDS = 1e-3  # 300 additions to today's time lose precision

Limit = Literal["address", "all"]


class Refusal(NamedTuple):
    """A request over a limit."""

    limit: Limit
    retry_after_seconds: int


class UnsignedRate:
    """Two limits, each a token bucket that starts full; a rate of 0 sets no limit. Threads may share it.

    This is soft state: a restart refills the buckets. All times are in seconds since 1970.
    """

    def __init__(self, per_second: float, per_address_per_second: float) -> None:
        self._lock = Lock()
        self._all = _Buckets(per_second)
        self._addresses = _Buckets(per_address_per_second)

    def spend(self, address: str, now: float) -> Refusal | None:
        """Take one answer to an address; return a refusal, and take nothing, if a limit is reached."""
        with self._lock:
            waits: list[tuple[float, Limit]] = [
                (self._addresses.wait_seconds(address, now), "address"),
                (self._all.wait_seconds("", now), "all"),
            ]
            wait, limit = max(waits)
            if wait > 0:
                return Refusal(limit, math.ceil(wait))
            self._addresses.spend(address, now)
            self._all.spend("", now)
            return None

    def __len__(self) -> int:
        return len(self._addresses)


class _Buckets:
    """A token bucket per name, stored as the time at which it will be full again.

    A full bucket can be forgotten. So there are at most twice as many names as the overall limit admits until a bucket
    is full again.
    """

    def __init__(self, per_second: float) -> None:
        self._seconds_each = 1 / per_second if per_second else 0.0
        self._full_at: dict[str, float] = {}
        self._forget_at = FORGETTING_STARTS_AT

    def __len__(self) -> int:
        return len(self._full_at)

    def wait_seconds(self, name: str, now: float) -> float:
        """Return how long it takes until a bucket has a token, 0 if it has one."""
        full_at = self._full_at.get(name, now)
        if full_at > now + BURST_SECONDS + self._seconds_each:  # emptier than empty: the clock was set back
            del self._full_at[name]
            return 0.0
        room = max(BURST_SECONDS, self._seconds_each) + _ROUNDING_SECONDS
        return max(full_at - now + self._seconds_each - room, 0.0)

    def spend(self, name: str, now: float) -> None:
        if not self._seconds_each:
            return
        self._full_at[name] = max(self._full_at.get(name, now), now) + self._seconds_each
        if len(self._full_at) > self._forget_at:
            self._full_at = {name: full_at for name, full_at in self._full_at.items() if full_at > now}
            self._forget_at = max(2 * len(self._full_at), FORGETTING_STARTS_AT)
