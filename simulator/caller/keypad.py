"""The keypad of a caller's phone, and the effect of each key on the echo."""

from __future__ import annotations

import math
from collections.abc import Iterable

from simulator.caller.script import Digit


class Keypad:
    """Keys to press at their times: `0` to `9` set the echo's delay in seconds, `*` drops the frames that wait."""

    def __init__(self, digits: Iterable[Digit]) -> None:
        self._to_press = sorted(digits, key=lambda digit: digit.at, reverse=True)
        self._delay = math.inf  # seconds; the server's delay before the first key is not known here
        self.longest_delay = 0.0  # of the keys pressed so far

    def press_due(self, time: float) -> str | None:
        """Return the next key if it is due by a time in seconds from the first frame, else None."""
        if not self._to_press or self._to_press[-1].at > time:
            return None
        return self._to_press.pop().key

    def discards(self, key: str) -> bool:
        """Note a key as pressed; return whether it lets the server discard the frames that wait for their echo.

        `*` does, and so does a shorter delay than the one before.
        """
        if not key.isdigit():
            return key == "*"
        delay, before = float(key), self._delay
        self._delay = delay
        self.longest_delay = max(self.longest_delay, delay)
        return delay < before
