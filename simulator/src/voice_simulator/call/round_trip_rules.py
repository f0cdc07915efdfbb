"""The rules for the round trips of a call that are warnings: they vary, or grow, without being too late yet."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from ..audio.format import FRAMES_PER_SECOND
from .lag_rule import MAX_LAG_SECONDS

MAX_VARIATION_SECONDS = 0.06
MIN_SECONDS_FOR_VARIATION = 3
MIN_SECONDS_FOR_DRIFT = 8
MIN_DRIFT = 0.0005  # seconds a second
MIN_DRIFT_IN_ALL = 0.005  # seconds
MIN_STEADINESS = 0.9  # of the growth: the square of the correlation with time. A step has 0.75 at most.

Array = npt.NDArray[np.float64]


class RoundTrips:
    """The least and the greatest round trip of each second of speech, less those seconds that tell nothing."""

    def __init__(self, numbers: Iterable[int], round_trips: Iterable[float], left_out: Iterable[int] = ()) -> None:
        """Take the number of each frame that came back, its round trip, and the seconds of the call to leave out."""
        seconds = np.fromiter(numbers, dtype=np.int64) // FRAMES_PER_SECOND
        times = np.fromiter(round_trips, dtype=np.float64)
        # A second of which little came back says little: the last one, often.
        whole = [each for each in np.unique(seconds) if np.count_nonzero(seconds == each) > FRAMES_PER_SECOND // 2]
        kept = [each for each in whole if each not in set(left_out)]
        self._seconds: Array = np.array(kept, dtype=np.float64)
        self._least: Array = np.array([times[seconds == each].min() for each in kept])
        self._greatest: Array = np.array([times[seconds == each].max() for each in kept])

    @property
    def variation(self) -> float | None:
        """How far the round trips of a second differ, in seconds: the median of all seconds; None for a short call."""
        if len(self._seconds) < MIN_SECONDS_FOR_VARIATION:
            return None
        return float(np.median(self._greatest - self._least))

    @property
    def variation_warning(self) -> str:
        """A sentence if the round trips vary too much. One hiccup is none: the median leaves it out."""
        if self.variation is None or self.variation <= MAX_VARIATION_SECONDS:
            return ""
        limit = f"{MAX_VARIATION_SECONDS * 1000:.0f} ms"
        return f"jitter: within a second the round trips differ by {self.variation * 1000:.0f} ms; the limit is {limit}"

    @property
    def drift_warning(self) -> str:
        """A sentence if the least round trip grows steadily: then the lag will be too long, only later."""
        if len(self._seconds) < MIN_SECONDS_FOR_DRIFT or np.ptp(self._least) < MIN_DRIFT_IN_ALL:
            return ""
        drift = float(np.polyfit(self._seconds, self._least, 1)[0])
        steadiness = float(np.corrcoef(self._seconds, self._least)[0, 1]) ** 2
        if drift < MIN_DRIFT or steadiness < MIN_STEADINESS:
            return ""
        then = f"after {MAX_LAG_SECONDS / drift:.0f} s it is {MAX_LAG_SECONDS * 1000:.0f} ms late, which is a fault"
        return f"the echo falls behind by {drift * 1000:.1f} ms a second: {then}"
