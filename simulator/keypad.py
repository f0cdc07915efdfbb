"""The keys that a caller presses, and what the echo engine makes of them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple


class Digit(NamedTuple):
    """A key that the caller presses, and when, in seconds from the first frame."""

    key: str
    at: float


class Keypad:
    """A caller's keys: `0` to `9` set the echo's delay in seconds, `*` drops what waits for its echo."""

    def __init__(self, digits: Iterable[Digit]) -> None:
        self._to_press = sorted(digits, key=lambda digit: digit.at, reverse=True)
        self._delay = math.inf  # seconds; the server's own setting, before the first key, is not known here
        self.longest_delay = 0.0  # of those pressed so far

    def press_due(self, time: float) -> str | None:
        """Return the next key whose time has come, in seconds from the first frame; None if there is none."""
        if not self._to_press or self._to_press[-1].at > time:
            return None
        return self._to_press.pop().key

    def discards(self, key: str) -> bool:
        """Note a key as pressed, and return whether the server may discard the frames that wait there for their echo.

        `*` discards, and so does a delay shorter than the one before.
        """
        if not key.isdigit():
            return key == "*"
        delay, before = float(key), self._delay
        self._delay = delay
        self.longest_delay = max(self.longest_delay, delay)
        return delay < before
