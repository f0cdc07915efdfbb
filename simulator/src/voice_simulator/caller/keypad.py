"""The keypad of a caller's phone, and the effect of each key on the echo."""

from __future__ import annotations

import math

ON_THE_WAY_SECONDS = 0.25  # that a frame takes beyond its delay, at most, unless it is late


class AskedDelay:
    """How late the echo is asked to be, in seconds: from the start, and from each key on that sets a delay."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.changes = [(-math.inf, seconds)]  # each from its time on

    @property
    def longest(self) -> float:
        return max(seconds for _, seconds in self.changes)

    def change(self, seconds: float, now: float) -> None:
        """Note that a key has been pressed which sets this delay."""
        self.changes.append((now, seconds))

    def at(self, sent_at: float) -> float:
        """Return the delay of a frame by when it was sent.

        A frame that still waits when a key asks for a longer delay has that one.
        """
        asked = 0.0
        for time, seconds in self.changes:
            if time <= sent_at:
                asked = seconds
            elif time <= sent_at + asked + ON_THE_WAY_SECONDS:
                asked = max(asked, seconds)
        return asked


class Keypad:
    """The keys of the phone: `0` to `9` set the echo's delay in seconds, `*` drops the frames that wait."""

    def __init__(self) -> None:
        self._delay = math.inf  # seconds; the server's delay before the first key is not known here

    def discards(self, key: str) -> bool:
        """Note a key as pressed; return whether it lets the server discard the frames that wait for their echo.

        `*` does, and so does a shorter delay than the one before.
        """
        if not key.isdigit():
            return key == "*"
        delay, before = float(key), self._delay
        self._delay = delay
        return delay < before
