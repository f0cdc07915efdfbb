"""The rules for the play-out lag: the echo is heard when it was asked for, and a late one is soon in time again."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ..audio.format import FRAME_SECONDS
from ..caller.script import RECOVERY_SECONDS, Stall

MAX_LAG_SECONDS = 0.25
LIMIT = f"{MAX_LAG_SECONDS * 1000:.0f} ms"


class Heard(NamedTuple):
    """A frame that the caller heard, and how late: seconds from the first frame, seconds over the delay asked for."""

    at: float
    late: float


def lag_fault(stalls: Sequence[Stall], heard: Iterable[Heard]) -> str:
    """Return the first breach of a rule in words; empty if there is none.

    A frame is late if it is heard 250 ms or more after the time that was asked for: at once, or with the delay of the
    key that the caller pressed. Without stalls, frames may be late by the server's fault for less than one second on
    end, and less than half of all frames. From 1 s after each stall of the network to the next one, or to the end of
    the call, frames are heard, and none of them is late.
    """
    heard = list(heard)
    first_stall = stalls[0].at if stalls else math.inf
    return _fault_without_stalls([each for each in heard if each.at < first_stall]) or _fault_after(stalls, heard)


def lag_warning(stalls: Sequence[Stall], heard: Iterable[Heard]) -> str:
    """Return the longest time for which frames were late, in words; empty if none was. It is for a call without fault.

    Only frames before the first stall count: after a stall of the network, the rule is another.
    """
    first_stall = stalls[0].at if stalls else math.inf
    stretches = list(_late_stretches([each for each in heard if each.at < first_stall]))
    if not stretches:
        return ""
    worst = max(stretches, key=_seconds)
    return (
        f"the echo was heard up to {_latest(worst)} ms late for {_seconds(worst):.2f} s, from {worst[0].at:.1f} s on;"
        f" {LIMIT} or more is a fault from {RECOVERY_SECONDS:g} s on"
    )


def _fault_without_stalls(heard: list[Heard]) -> str:
    stretches = list(_late_stretches(heard))
    too_long = [stretch for stretch in stretches if _seconds(stretch) >= RECOVERY_SECONDS]
    if not too_long and sum(map(len, stretches)) * 2 <= len(heard):
        return ""
    late = [each for stretch in too_long or stretches for each in stretch]
    when = f"from {late[0].at:.1f} s to {late[-1].at:.1f} s"
    return f"the echo is heard {_earliest(late)} to {_latest(late)} ms late {when}; it must be under {LIMIT}"


def _fault_after(stalls: Sequence[Stall], heard: list[Heard]) -> str:
    for stall, following in itertools.pairwise([*stalls, Stall(0, at=math.inf)]):
        after = [each for each in heard if stall.end + RECOVERY_SECONDS <= each.at < following.at]
        when = f"from {RECOVERY_SECONDS:g} s after the stall of {stall.seconds:g} s at {stall.at:g} s"
        if not after:
            return f"nothing is heard {when}"
        if max(each.late for each in after) >= MAX_LAG_SECONDS:
            return f"the echo is heard up to {_latest(after)} ms late {when}; it must be under {LIMIT}"
    return ""


def _late_stretches(heard: Iterable[Heard]) -> Iterator[list[Heard]]:
    """Yield the frames that are late, those on end together."""
    for late, stretch in itertools.groupby(heard, key=lambda each: each.late >= MAX_LAG_SECONDS):
        if late:
            yield list(stretch)


def _seconds(stretch: list[Heard]) -> float:
    return stretch[-1].at + FRAME_SECONDS - stretch[0].at


def _earliest(heard: list[Heard]) -> str:
    return f"{min(each.late for each in heard) * 1000:.0f}"


def _latest(heard: list[Heard]) -> str:
    return f"{max(each.late for each in heard) * 1000:.0f}"
