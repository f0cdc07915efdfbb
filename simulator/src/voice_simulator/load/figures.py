"""The figures of a step: how the calls fared, and how the load itself did."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .orders import Measured

Times = npt.NDArray[np.uint32]  # microseconds


@dataclass(frozen=True)
class LoadStep:
    """So many calls at once, for some seconds. Times are in milliseconds, those of echoes less the least of the run."""

    calls: int
    frames_sent: int
    frames_lost: int
    frames_corrupt: int  # or twice, out of order, or of another call
    calls_ended: list[str]  # by the server, and why
    added_p50_ms: float | None  # None if no frame came back
    added_p99_ms: float | None
    added_max_ms: float | None
    own_late_p99_ms: float  # how late the load sent its frames
    own_late_max_ms: float
    own_busy: float  # the share of its time in which the busiest process computed
    machine_idle: float | None  # the share of this machine's cores that were idle; None where it is unknown


class RawStep(NamedTuple):
    """What all processes measured together, in microseconds."""

    reports: Sequence[Measured]
    round_trips: Times
    late: Times
    machine_idle: float | None


def join(reports: Sequence[Measured], machine_idle: float | None) -> RawStep:
    round_trips = np.concatenate([np.frombuffer(report.round_trips, np.uint32) for report in reports])
    late = np.concatenate([np.frombuffer(report.late, np.uint32) for report in reports])
    return RawStep(reports, round_trips, late, machine_idle)


def least_ms(raw: RawStep) -> float | None:
    """Return the least round trip: what the way and an idle server take. None if no frame came back."""
    return float(raw.round_trips.min()) / 1000 if len(raw.round_trips) else None


def step_of(raw: RawStep, base_ms: float) -> LoadStep:
    """Return a step's figures, over the least round trip of the run."""
    sent = sum(report.sent for report in raw.reports)
    added = _percentiles(raw.round_trips, base_ms) if len(raw.round_trips) else (None, None, None)
    _, late_p99, late_max = _percentiles(raw.late, 0.0) if len(raw.late) else (0.0, 0.0, 0.0)
    return LoadStep(
        calls=sum(report.calls for report in raw.reports),
        frames_sent=sent,
        frames_lost=sent - len(raw.round_trips),
        frames_corrupt=sum(report.corrupt for report in raw.reports),
        calls_ended=[why for report in raw.reports for why in report.ended],
        added_p50_ms=added[0],
        added_p99_ms=added[1],
        added_max_ms=added[2],
        own_late_p99_ms=late_p99,
        own_late_max_ms=late_max,
        own_busy=round(max(report.busy for report in raw.reports), 3),
        machine_idle=raw.machine_idle,
    )


def _percentiles(times: Times, base_ms: float) -> tuple[float, float, float]:
    p50, p99, most = (round(max(0.0, float(time) / 1000 - base_ms), 3) for time in np.percentile(times, [50, 99, 100]))
    return p50, p99, most


class CpuTimes(NamedTuple):
    """The times of all cores together since the start of this machine, in the kernel's unit (proc(5))."""

    idle: int
    all: int

    @classmethod
    def now(cls) -> CpuTimes | None:
        """Read them; None where the kernel does not say."""
        try:
            words = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
        except OSError:
            return None
        times = [int(word) for word in words]
        return cls(times[3] + times[4], sum(times))


def idle_share(before: CpuTimes | None, after: CpuTimes | None) -> float | None:
    """Return the share of all cores' time that was idle."""
    if before is None or after is None or after.all == before.all:
        return None
    return round((after.idle - before.idle) / (after.all - before.all), 3)


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
