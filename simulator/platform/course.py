"""The course of a call: what the platform played and asked for, step by step."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple


class Step(NamedTuple):
    """One step: its time (perf_counter), its kind (an action's name, `event`, `clear`, …), and its detail."""

    time: float
    kind: str
    detail: str


class Course:
    """The steps of one call, in order."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.begun_at = 0.0  # perf_counter, once the call is answered

    def begin(self) -> None:
        """Let the call's time begin now, as it is answered."""
        self.begun_at = perf_counter()

    def note(self, kind: str, detail: str = "") -> None:
        """Note a step that happens now."""
        self.steps.append(Step(perf_counter(), kind, detail))
