"""The rule for the play-out lag after a stall: the echo must soon be heard in time again."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

from simulator.caller.script import Stall

RECOVERY_SECONDS = 1.0
MAX_LAG_SECONDS = 0.25


def lag_fault(stalls: Sequence[Stall], played_at: Iterable[float], lags: Iterable[float]) -> str:
    """Return the first breach of the rule in words; empty if there is none.

    The rule: from 1 s after each stall to the next one, or to the end of the call, frames are heard, all of them
    less than 250 ms late. Times and lags are in seconds, times from the first frame.
    """
    heard = list(zip(played_at, lags, strict=True))
    for stall, following in itertools.pairwise([*stalls, Stall(0, at=math.inf)]):
        after = [lag for time, lag in heard if stall.end + RECOVERY_SECONDS <= time < following.at]
        when = f"from {RECOVERY_SECONDS:g} s after the stall of {stall.seconds:g} s at {stall.at:g} s"
        if not after:
            return f"nothing is heard {when}"
        if max(after) >= MAX_LAG_SECONDS:
            limit = f"it must be under {MAX_LAG_SECONDS * 1000:.0f} ms"
            return f"the echo is heard up to {max(after) * 1000:.0f} ms late {when}; {limit}"
    return ""
