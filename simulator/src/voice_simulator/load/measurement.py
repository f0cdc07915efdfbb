"""One measured time in one process: what it computed meanwhile, and what its calls counted."""

from __future__ import annotations

import time

from .orders import Measure, Measured
from .streaming_call import Counts


class Measurement:
    """Follows the order to measure; times are perf_counter's."""

    def __init__(self, order: Measure) -> None:
        self.order = order
        self._calls = 0  # that were up at the beginning
        self._computed_before: float | None = None  # process_time at the beginning
        self._computed: float | None = None  # process_time from the beginning to the end

    def holds(self, due: float) -> bool:
        """Return whether a frame that is due at a time is to be measured: no frame is before `begin` was called."""
        return self._computed_before is not None and due < self.order.end

    def begins(self, now: float) -> bool:
        """Return whether it is time to begin, and it hasn't begun."""
        return self._computed_before is None and now >= self.order.begin

    def begin(self, calls: int) -> None:
        self._calls, self._computed_before = calls, time.process_time()

    def ends(self, now: float) -> bool:
        """Return whether it is time to end, and it hasn't ended."""
        return self._computed is None and now >= self.order.end

    def end(self) -> None:
        """End: no frame is measured any more."""
        self._computed = time.process_time() - (self._computed_before or 0.0)

    def report(self, counts: Counts) -> Measured:
        return Measured(
            calls=self._calls,
            sent=counts.sent,
            corrupt=counts.corrupt,
            round_trips=counts.round_trips.tobytes(),
            late=counts.late.tobytes(),
            ended=counts.ended,
            busy=(self._computed or 0.0) / (self.order.end - self.order.begin),
        )
