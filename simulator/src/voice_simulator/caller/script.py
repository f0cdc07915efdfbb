"""The script of a caller: what is said, which keys are pressed, how long the network stalls, and when."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from ..audio.format import FRAME_SECONDS
from ..audio.reading import SoundError
from .speech import LONGEST_SECONDS, SAMPLE_FILE, Speech, read_speech

KEYS = "0123456789*#"
LONGEST_DELAY_SECONDS = 60.0
SOUND_DBFS, SETTLE_SECONDS, REACTION_SECONDS = -45.0, 0.6, 10.0
RECOVERY_SECONDS = 1.0  # after a stall of the network, until the echo must be in time again

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
class Reaction:
    """Something that the caller does once the application has spoken, or has fallen silent."""

    spoken: float | None  # seconds that the application must have been heard; None: until it has fallen silent
    within: float = REACTION_SECONDS  # seconds in which that must come
    wait: float = 0.0  # seconds from then on
    speech: Speech | None = None
    noise: bool = False  # whether the speech is no turn, so that the application should go on
    words: str = ""  # what speech recognition makes of the speech
    key: str = ""
    hang_up: bool = False
    name: str = ""  # as a person would say it: "say stop.wav"

    @property
    def when(self) -> str:
        return "agent stops" if self.spoken is None else f"agent has spoken {self.spoken:g}"


@dataclass(frozen=True)
class Script:
    """A caller's part in a call; the callers of a run all have the same."""

    speech: Speech  # repeated if it is shorter than the call
    seconds: float = 10.0  # how long the caller speaks
    digits: tuple[Digit, ...] = ()
    words: tuple[Words, ...] = ()  # in order of their times
    stalls: tuple[Stall, ...] = ()  # in order of their times
    reactions: tuple[Reaction, ...] = ()  # one after the other
    noises: tuple[tuple[float, float], ...] = ()  # of the speech: seconds, and when, from the first frame
    background: Speech | None = None  # under all that is said, over and over
    threshold: float = SOUND_DBFS  # from here on a frame is sound
    settle: float = SETTLE_SECONDS  # of silence, until the application has stopped speaking
    delay: float = 0.0  # seconds that the echo is asked to be late before the first key
    patience: float = 2.0  # seconds that the caller waits for lost frames, after the last word and the last sound
    audio_kept: bool = False  # whether the first call of a run keeps the frames that come back
    expect: Expect = "echo"  # of an echo each frame is marked, and must come back

    def is_stalled(self, time: float) -> bool:
        """Return whether the network stands still at a time in seconds from the first frame."""
        return any(stall.at <= time < stall.end for stall in self.stalls)


class ScriptError(ValueError):
    """A caller can't do what was asked for; `field` is the value's name, and `problem` says what it must be."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} {problem}")
        self.field = field
        self.problem = problem


def read_script(
    *,
    seconds: float = 10.0,
    wav: str | Path = SAMPLE_FILE,
    press: Iterable[tuple[str, float]] = (),
    stall: Iterable[tuple[float, float]] = (),
    expect: Expect = "echo",
    echo_delay: float = 0.0,
    audio_kept: bool = False,
) -> Script:
    """Return the script of a call: keys with their times, stalls with theirs. Raises ScriptError for a wrong value."""
    seconds = _number("seconds", seconds, FRAME_SECONDS, LONGEST_SECONDS)
    if expect not in get_args(Expect):
        raise ScriptError("expect", f"must be {' or '.join(get_args(Expect))}; it is {expect!r}")
    echo_delay = _number("echo_delay", echo_delay, 0.0, LONGEST_DELAY_SECONDS)
    digits = _digits(press, seconds)
    stalls = _stalls(stall, seconds)
    if stalls and any(digit.key in "123456789" for digit in digits):
        raise ScriptError("stall", "wants an echo without delay, so no key from 1 to 9 may be pressed")
    try:
        speech = read_speech(Path(wav), seconds)
    except SoundError as error:
        raise ScriptError("wav", f"can't be used: {error}") from None
    return Script(speech, seconds, digits, stalls=stalls, delay=echo_delay, audio_kept=audio_kept, expect=expect)


def _digits(press: Iterable[tuple[str, float]], seconds: float) -> tuple[Digit, ...]:
    digits = []
    for key, at in _pairs("press", press, '[("1", 2.0), ("#", 3.5)], each a key and its second'):
        if key not in tuple(KEYS):
            raise ScriptError("press", f"must be a key of {KEYS}; it is {key!r}")
        if _number("press", at, 0.0, LONGEST_SECONDS) >= seconds:
            raise ScriptError("press", f"must be within the call's {seconds:g} s; key {key} is at {at:g} s")
        digits.append(Digit(key, at))
    return tuple(digits)


def _stalls(stall: Iterable[tuple[float, float]], seconds: float) -> tuple[Stall, ...]:
    pairs = _pairs("stall", stall, "[(3.0, 5.0)], each a length and its second")
    stalls = [
        Stall(_number("stall", length, FRAME_SECONDS, LONGEST_SECONDS), _number("stall", at, 0.0, LONGEST_SECONDS))
        for length, at in pairs
    ]
    stalls.sort(key=lambda each: each.at)
    for each, following in itertools.pairwise([*stalls, Stall(0, at=seconds)]):
        if each.end + RECOVERY_SECONDS >= following.at:
            end = f"{RECOVERY_SECONDS:g} s before the next stall or the call's end, at {following.at:g} s"
            raise ScriptError("stall", f"must be over {end}; that of {each.seconds:g} s at {each.at:g} s is not")
    return tuple(stalls)


def _pairs(field: str, values: Iterable[Any], example: str) -> Sequence[tuple[Any, Any]]:
    try:
        return [(first, second) for first, second in values]
    except (TypeError, ValueError):
        raise ScriptError(field, f"must be pairs, such as {example}; it is {values!r}") from None


def _number(field: str, value: Any, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ScriptError(field, f"must be a number of seconds from {low:g} to {high:g}; it is {value!r}")
    return value
