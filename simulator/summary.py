"""The figures of one call, or of many together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.call_result import CallResult, Outcome

Milliseconds = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """How times in milliseconds are spread."""

    min: float
    p50: float
    p95: float
    p99: float
    max: float


@dataclass(frozen=True)
class Summary:
    """Frames counted and times measured; a time that no call got to is None.

    `jitter_ms` is the mean difference between the round trips of frames that came back one after the other: RFC 3550's
    |D|, averaged over the call instead of smoothed.
    """

    calls_placed: int
    calls_good: int
    answer_ms: Spread | None
    connect_ms: Spread | None
    frames: dict[str, int]  # see EchoCheck.counts
    round_trip_ms: Spread | None
    jitter_ms: float | None
    sender_late_ms: Spread | None


def summarise(results: Sequence[CallResult]) -> Summary:
    """Add up the results of one call or more."""
    checks = [result.check for result in results]
    round_trips = [np.asarray(check.round_trips) * 1000 for check in checks]
    return Summary(
        calls_placed=len(results),
        calls_good=sum(result.outcome is Outcome.GOOD for result in results),
        answer_ms=_spread_of(result.answer_seconds for result in results),
        connect_ms=_spread_of(result.connect_seconds for result in results),
        frames={name: sum(check.counts[name] for check in checks) for name in checks[0].counts},
        round_trip_ms=_spread(np.concatenate(round_trips)),
        jitter_ms=_mean(np.concatenate([np.abs(np.diff(times)) for times in round_trips])),
        sender_late_ms=_spread(np.concatenate([np.asarray(result.late) * 1000 for result in results])),
    )


def _spread_of(seconds: Iterable[float | None]) -> Spread | None:
    return _spread(np.array([time * 1000 for time in seconds if time is not None]))


def _spread(times: Milliseconds) -> Spread | None:
    if not len(times):
        return None
    return Spread(*(round(float(time), 3) for time in np.percentile(times, [0, 50, 95, 99, 100])))


def _mean(times: Milliseconds) -> float | None:
    return round(float(times.mean()), 3) if len(times) else None
