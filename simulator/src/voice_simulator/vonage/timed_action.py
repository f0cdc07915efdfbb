"""The actions of an NCCO that only take time: `talk` and `wait` (platform.md, 2.2 and 2.4)."""

from __future__ import annotations

from .field_check import Action

SPOKEN_CHARACTERS_PER_SECOND = 15  # about, by the platform's voices
DEFAULT_WAIT_SECONDS = 10.0
MIN_WAIT_SECONDS, MAX_WAIT_SECONDS = 0.1, 7200.0


def talk_seconds(talk: Action) -> float:
    """Return how long a voice speaks the text, as often as the action says."""
    seconds: float = len(talk["text"]) * talk.get("loop", 1) / SPOKEN_CHARACTERS_PER_SECOND
    return seconds


def wait_seconds(wait: Action) -> float:
    """Return how long the platform waits: a time out of bounds is no error, the platform takes the nearest one."""
    seconds: float = wait.get("timeout", DEFAULT_WAIT_SECONDS)
    return min(max(seconds, MIN_WAIT_SECONDS), MAX_WAIT_SECONDS)
