"""Stalls of the network between platform and server, and the rule for the echo after one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

RECOVERY_SECONDS = 1.0
MAX_LAG_SECONDS = 0.25


class Stall(NamedTuple):
    """A time in which nothing is sent and nothing read; then everything that waited comes at once."""

    seconds: float
    at: float  # seconds from the first frame

    @property
    def end(self) -> float:
        """When it is over, in seconds from the first frame."""
        return self.at + self.seconds


def stalled(stalls: Iterable[Stall], time: float) -> bool:
    """Return whether the network stands still at a time in seconds from the first frame."""
    return any(stall.at <= time < stall.end for stall in stalls)


def lag_fault(stalls: Sequence[Stall], played_at: Iterable[float], lags: Iterable[float]) -> str:
    """Return what is wrong with the play-out lag after the stalls, in words; empty if nothing is.

    The rule: from 1 s after each stall to the next one, or to the end of the call, frames are heard, all of them
    less than 250 ms late. Times and lags in seconds, times from the first frame.
    """
    heard = list(zip(played_at, lags, strict=True))
    for stall, following in itertools.pairwise([*stalls, Stall(0, at=math.inf)]):
        after = [lag for time, lag in heard if stall.end + RECOVERY_SECONDS <= time < following.at]
        when = f"from {RECOVERY_SECONDS:g} s after the stall of {stall.seconds:g} s at {stall.at:g} s"
        if not after:
            return f"nothing is heard {when}"
        if max(after) >= MAX_LAG_SECONDS:
            return f"the echo is heard up to {max(after) * 1000:.0f} ms late {when}; it must be under 250 ms"
    return ""
