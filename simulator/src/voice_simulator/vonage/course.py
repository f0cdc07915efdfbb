"""The course of a call: what the platform played and asked for, step by step."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple


class Step(NamedTuple):
    """One step: its time (perf_counter), its kind (an action's name, `event`, `clear`, …), and its detail."""

    time: float
    kind: str
    detail: str


# Takes what happens: its time (perf_counter), its kind, its particulars.
Watch = Callable[[float, str, dict[str, Any]], None]


class Course:
    """The steps of one call, in order; who watches the call is told more, at once."""

    def __init__(self, watch: Watch | None = None) -> None:
        """Take who is told, if anybody is."""
        self.steps: list[Step] = []
        self.begun_at = 0.0  # perf_counter, once the call is answered
        self._watch = watch

    def begin(self) -> None:
        """Let the call's time begin now, as it is answered."""
        self.begun_at = perf_counter()

    def note(self, kind: str, detail: str = "") -> None:
        """Note a step that happens now."""
        self.steps.append(Step(perf_counter(), kind, detail))

    def tell(self, kind: str, **particulars: Any) -> None:
        """Tell who watches what happens now; nothing is kept."""
        if self._watch is not None:
            self._watch(perf_counter(), kind, particulars)
