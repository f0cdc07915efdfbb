"""The actions that fill the time until a connect is due: silence for a moment, words and silence for longer."""

from __future__ import annotations

import math

from webhooks.ncco import SHORTEST_WAIT_SECONDS, Action, Ncco, wait

SILENCE_SECONDS = 2.0  # from here on, a caller hears a word
REPEAT_SECONDS = 15.0  # about so often, in a wait that is longer
MAX_REPEATS = 10  # bounds the NCCO; the longest waits have longer silences


def fill_wait(seconds: float, talk: Action, talk_seconds: float) -> Ncco:
    """Return the actions that take so many seconds, the talk at their start if they take 2 s or more."""
    if seconds <= 0:
        return []
    times = _repeats(seconds, talk_seconds)
    return [talk, wait(seconds / times - talk_seconds)] * times if times else [wait(seconds)]


def _repeats(seconds: float, talk_seconds: float) -> int:
    if seconds < SILENCE_SECONDS:
        return 0
    room = int(seconds / (talk_seconds + SHORTEST_WAIT_SECONDS))  # a long talk fits less often, or not at all
    return min(math.ceil(seconds / REPEAT_SECONDS), MAX_REPEATS, room)
