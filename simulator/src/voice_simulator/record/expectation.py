"""What must come of a call: one of its steps, or sound or silence, within a time."""

from __future__ import annotations

import math

from ..audio.format import FRAME_SECONDS
from .events import Expectation
from .record import Record
from .steps import steps

# The steps that can be expected by a part of their detail, or by "true" for any.
STEPS = (
    "talk",
    "stream",
    "input",
    "collected",
    "record",
    "recording",
    "conversation",
    "notify",
    "transfer",
    "wait",
    "connect",
    "event",
    "clear",
    "closed",
)
SOUNDS = ("audio", "silence")
ANY = "true"


def words(expectation: Expectation) -> str:
    """Return an expectation in words."""
    what = expectation.kind if expectation.text == ANY else f"{expectation.kind} {expectation.text!r}"
    when = "" if expectation.within is None else f" within {expectation.within:g} s"
    return what + when + ("" if expectation.after is None else f" after {expectation.after:g} s")


def met_at(expectation: Expectation, record: Record) -> float | None:
    """Return when a call met an expectation, in seconds on the caller's clock, or None if it did not."""
    begin = -math.inf if expectation.after is None else expectation.after
    end = max(begin, 0.0) + (math.inf if expectation.within is None else expectation.within)
    if expectation.kind == "silence":
        return None if any(begin <= time <= end for time in _heard(record)) else end
    times = _heard(record) if expectation.kind == "audio" else _steps(expectation, record)
    return next((time for time in times if begin <= time <= end), None)


def _steps(expectation: Expectation, record: Record) -> list[float]:
    text = expectation.text.lower()
    return [
        step.at - record.speech_at
        for step in steps(record)
        if step.kind == expectation.kind and (expectation.text == ANY or text in step.detail.lower())
    ]


def _heard(record: Record) -> list[float]:
    """Return when each frame was heard, by its middle."""
    return [time - record.speech_at + FRAME_SECONDS / 2 for time in record.frames.heard_at]
