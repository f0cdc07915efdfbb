"""Whether the engine is too late to take more calls: the calls that are there suffer last."""

from __future__ import annotations

from shared.logs import get_logger

WINDOW_SECONDS = 1.0
LATE_WINDOWS = 2  # in a row, to refuse calls: a single one may be a pause of the machine
ON_TIME_WINDOWS = 5  # in a row, to take calls again

log = get_logger("echo_engine")


class Lateness:
    """Watches how late the loop's timers come. A second is late if they were later than a bound on average."""

    def __init__(self, now: float, max_seconds: float) -> None:
        """Take the bound; infinity never refuses a call."""
        self._max_seconds = max_seconds
        self._window_began_at = now
        self._count, self._sum = 0, 0.0  # of this window's timers, and of the seconds that they were late
        self._windows = 0  # in a row, that speak for a change
        self.refusing = False

    def note(self, seconds: float, now: float) -> None:
        """Take in by how much a timer came late."""
        self._count += 1
        self._sum += seconds
        if now - self._window_began_at >= WINDOW_SECONDS:
            self._judge(self._sum / self._count)
            self._window_began_at = now
            self._count, self._sum = 0, 0.0

    def _judge(self, mean: float) -> None:
        self._windows = self._windows + 1 if (mean > self._max_seconds) is not self.refusing else 0
        if self._windows < (ON_TIME_WINDOWS if self.refusing else LATE_WINDOWS):
            return
        self._windows = 0
        self.refusing = not self.refusing
        if self.refusing:
            log.warning("late: new calls are refused", late_ms=round(mean * 1000))
        else:
            log.info("on time again: new calls are taken")
