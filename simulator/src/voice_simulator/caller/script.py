"""The script of a caller: what is said, which keys are pressed, how long the network stalls, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from .speech import Speech

# What the caller expects to hear: the echo, other audio from the application, or nothing in particular.
Expect = Literal["echo", "audio", "nothing"]


class Digit(NamedTuple):
    """A key that the caller presses, and when, in seconds from the first frame."""

    key: str
    at: float


class Stall(NamedTuple):
    """A time in which the caller's network carries nothing in either direction; then everything arrives at once."""

    seconds: float
    at: float  # seconds from the first frame

    @property
    def end(self) -> float:
        """When the stall is over, in seconds from the first frame."""
        return self.at + self.seconds


class Words(NamedTuple):
    """Words within the speech: what speech recognition makes of them, and when they are spoken."""

    text: str
    at: float  # seconds from the first frame
    seconds: float


@dataclass(frozen=True)
class Script:
    """A caller's part in a call; the callers of a run all have the same."""

    speech: Speech  # repeated if it is shorter than the call
    seconds: float = 10.0  # how long the caller speaks
    digits: tuple[Digit, ...] = ()
    words: tuple[Words, ...] = ()  # in order of their times
    stalls: tuple[Stall, ...] = ()  # in order of their times
    delay: float = 0.0  # seconds that the echo is asked to be late before the first key
    patience: float = 2.0  # seconds that the caller waits for lost frames, after the last word and the last sound
    audio_kept: bool = False  # whether the first call of a run keeps the frames that come back
    expect: Expect = "echo"  # of an echo each frame is marked, and must come back

    def is_stalled(self, time: float) -> bool:
        """Return whether the network stands still at a time in seconds from the first frame."""
        return any(stall.at <= time < stall.end for stall in self.stalls)
