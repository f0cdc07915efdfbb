"""The account's limit of new outbound legs a second (platform.md, 2.5)."""

from __future__ import annotations

import math
from collections import deque
from typing import Literal

from .handshake import SocketNotOpenedError

REASON = "429: limit of new legs exceeded"

# How the platform reports a refused connect is not known: by an event with this status, or with a reason alone.
RefusedAs = Literal["failed", "rejected", "timeout", "reason"]


class LegRefusedError(SocketNotOpenedError):
    """The account has opened too many legs just now: this one is refused, not queued."""


class LegLimit:
    """Is shared by the calls of a run, as they all belong to one account.

    N legs a second are at most N in any second, a fraction cut off; below 1, they are one leg in 1/N seconds.
    """

    def __init__(self, legs_per_second: float = 0.0, refused_as: RefusedAs = "rejected") -> None:
        """Take the limit, 0 for none, and how the platform reports a leg over it."""
        self._legs = max(1, math.floor(legs_per_second))
        self._window_seconds = max(1.0, 1 / legs_per_second) if legs_per_second else 0.0
        self._status = None if refused_as == "reason" else refused_as
        self._opened_at: deque[float] = deque(maxlen=self._legs)  # the last legs that were not refused

    @property
    def refused_status(self) -> str | None:
        """The status of the event that reports a refused leg; None if it has only a reason."""
        return self._status

    def open_leg(self, now: float) -> None:
        """Count a leg that opens now, in seconds on one steady clock. Raises LegRefusedError, which counts nothing."""
        if len(self._opened_at) == self._legs and now - self._opened_at[0] < self._window_seconds:
            raise LegRefusedError(self._status, REASON)
        self._opened_at.append(now)
