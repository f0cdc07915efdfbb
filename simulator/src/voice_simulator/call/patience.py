"""The patience of a caller whose first socket does not open."""

from __future__ import annotations

FAILING_SECONDS = 60.0
LIMIT_FACTOR = 2  # with a limit of new legs: so many times as long as the limit needs for all calls


class Patience:
    """Ends some time after the first failure: an application that always names a dead socket ends no call by itself."""

    def __init__(self, calls: int, connects_per_second: float) -> None:
        """Take the number of calls that share the limit of new legs, and the limit; 0 for none."""
        limited = LIMIT_FACTOR * calls / connects_per_second if connects_per_second else 0.0
        self.seconds = FAILING_SECONDS + limited
        self._failing_since: float | None = None

    def ends(self, now: float) -> bool:
        """Note that a socket could not be opened, at a time in seconds; return whether the caller hangs up now."""
        if self._failing_since is None:
            self._failing_since = now
        return now - self._failing_since >= self.seconds
