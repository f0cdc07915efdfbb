"""The actions that fill the time until a connect is due: silence for a moment, words and silence for longer."""

from __future__ import annotations

import math

from webhooks.ncco import SHORTEST_WAIT_SECONDS, Ncco, talk, wait

SPOKEN_CHARS_PER_SECOND = 15  # an estimate; the platform doesn't tell how fast its voices speak
SILENCE_SECONDS = 2.0  # from here on, a caller hears a word
REPEAT_SECONDS = 15.0  # about so often, in a wait that is longer
MAX_REPEATS = 10  # bounds the NCCO; the longest waits have longer silences


def talk_seconds(text: str) -> float:
    """Return about how long the platform speaks a text."""
    return len(text) / SPOKEN_CHARS_PER_SECOND


def fill_wait(seconds: float, text: str, language: str) -> Ncco:
    """Return the actions that take so many seconds, the text at their start if they take 2 s or more."""
    if seconds <= 0:
        return []
    times = _repeats(seconds, talk_seconds(text))
    if times == 0:
        return [wait(seconds)]
    return [talk(text, language), wait(seconds / times - talk_seconds(text))] * times


def _repeats(seconds: float, spoken_seconds: float) -> int:
    if seconds < SILENCE_SECONDS:
        return 0
    room = int(seconds / (spoken_seconds + SHORTEST_WAIT_SECONDS))  # a long text fits less often, or not at all
    return min(math.ceil(seconds / REPEAT_SECONDS), MAX_REPEATS, room)
