"""How long the platform speaks a text: an estimate, corrected by measured greetings."""

from __future__ import annotations

from collections import deque
from statistics import median
from threading import Lock

CHARS_PER_SECOND = 15.0  # until a greeting has been measured; the speed of the platform's voices is undocumented
MEASUREMENTS = 15  # their median counts, because events come late or twice
PLAUSIBLE = 2.0  # a measurement beyond this factor of the first estimate measured something else


class Speech:
    """The speed of the platform's voice; threads may share it.

    A connect that comes too early or too late collides with another slot, so the schedule is only as good as this
    estimate. The measurements are soft state, like the schedule: without them the first estimate applies.
    """

    def __init__(self, greeting: str) -> None:
        self._greeting_chars = len(greeting)
        self._lock = Lock()
        self._measured = deque[float](maxlen=MEASUREMENTS)  # seconds
        self._chars_per_second = CHARS_PER_SECOND

    def seconds(self, text: str) -> float:
        return len(text) / self._chars_per_second

    def measure(self, greeting_seconds: float) -> None:
        """Learn from a greeting: the time from an answer to its socket, with nothing else in between."""
        first_estimate = self._greeting_chars / CHARS_PER_SECOND
        if not first_estimate / PLAUSIBLE <= greeting_seconds <= first_estimate * PLAUSIBLE:
            return
        with self._lock:
            self._measured.append(greeting_seconds)
            self._chars_per_second = self._greeting_chars / median(self._measured)
