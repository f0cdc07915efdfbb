"""What must come of a call: a step of its course, or sound or silence, within a time."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..audio.format import FRAME_SECONDS
from ..call.result import CallResult
from ..record.steps import steps

# The steps of a course that can be expected by a part of their detail, or by "true" for any.
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


@dataclass(frozen=True)
class Expectation:
    """One thing that must come, and when, in seconds on the caller's clock."""

    kind: str  # of STEPS or SOUNDS
    text: str  # that the step's detail contains, whatever the case; "true" for any detail
    after: float = -math.inf
    within: float = math.inf  # from `after`, or from 0

    @property
    def words(self) -> str:
        """The expectation in words."""
        what = self.kind if self.text == ANY else f"{self.kind} {self.text!r}"
        when = "" if math.isinf(self.within) else f" within {self.within:g} s"
        return what + when + ("" if math.isinf(self.after) else f" after {self.after:g} s")

    def met_at(self, result: CallResult) -> float | None:
        """Return when a call met this, in seconds on the caller's clock, or None if it did not."""
        begin, end = self.after, max(self.after, 0.0) + self.within
        if self.kind == "silence":
            return None if any(begin <= time <= end for time in _heard(result)) else end
        times = _heard(result) if self.kind == "audio" else self._steps(result)
        return next((time for time in times if begin <= time <= end), None)

    def _steps(self, result: CallResult) -> list[float]:
        return [
            step.at - result.speech_at
            for step in steps(result.record)
            if step.kind == self.kind and (self.text == ANY or self.text.lower() in step.detail.lower())
        ]


def _heard(result: CallResult) -> list[float]:
    """Return when each frame was heard, by its middle."""
    return [result.record.at(time) - result.speech_at + FRAME_SECONDS / 2 for time in result.heard_at]
