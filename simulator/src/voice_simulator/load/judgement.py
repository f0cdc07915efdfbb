"""The judgement on a step: whether the application carried its calls, and whether the load itself was at fault."""

from __future__ import annotations

import enum

from .figures import LoadStep

MAX_ADDED_MS = 20.0  # p99
OWN_LATE_MS = 5.0  # p99: later than this, frames bunch up, and the server gets another load than reported
OWN_BUSY = 0.95
NOT_SENT_MS = 20.0  # p99: a whole frame late, so the load of these calls was not applied


class Judgement(enum.Enum):
    """What a step shows."""

    CARRIED = enum.auto()
    TOO_MANY = enum.auto()  # for the application
    NOT_JUDGED = enum.auto()  # something was wrong, and it may be the load's own fault


def judge(step: LoadStep) -> Judgement:
    """Return what a step shows: what is wrong while the load itself was late or full is not held against the server."""
    if step.own_late_p99_ms > NOT_SENT_MS:
        return Judgement.NOT_JUDGED
    if not breaches(step):
        return Judgement.CARRIED
    return Judgement.NOT_JUDGED if own_faults(step) else Judgement.TOO_MANY


def breaches(step: LoadStep) -> list[str]:
    found = []
    if step.calls_ended:
        found.append(f"calls ended: {len(step.calls_ended)} ({step.calls_ended[0]})")
    if step.frames_lost:
        found.append(f"{step.frames_lost} of {step.frames_sent} frames lost")
    if step.frames_corrupt:
        found.append(f"{step.frames_corrupt} frames damaged, twice or out of order")
    if step.added_p99_ms is not None and step.added_p99_ms > MAX_ADDED_MS:
        found.append(f"{step.added_p99_ms:.1f} ms added (p99), over {MAX_ADDED_MS:g}")
    return found


def own_faults(step: LoadStep) -> list[str]:
    """Return what was wrong with the load itself, in words."""
    found = []
    if step.own_late_p99_ms > OWN_LATE_MS:
        found.append(f"frames were sent {step.own_late_p99_ms:.1f} ms late (p99), over {OWN_LATE_MS:g}")
    if step.own_busy > OWN_BUSY:
        found.append(f"a process computed {step.own_busy:.0%} of the time")
    return found
