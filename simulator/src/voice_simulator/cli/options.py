"""Readers of the command line's options; on a bad value each raises typer.BadParameter, and typer names the option."""

from __future__ import annotations

import importlib.util
import itertools
import math
import os
import re
from collections.abc import Sequence
from pathlib import Path

import typer

from ..audio.format import FRAME_SECONDS
from ..call.lag_rule import RECOVERY_SECONDS
from ..caller.script import Digit, Stall
from ..caller.speech import Speech, SpeechError, read_speech
from ..report.files import PICTURE_ENDINGS, SOUND_ENDINGS

LONGEST_CALL_SECONDS = 7200  # of a socket (platform.md, 2.3)


def default_answer_url() -> str:
    """Return the answer webhook that ANSWER_URL names, or else the local run's, on the port that PORT names."""
    return os.environ.get("ANSWER_URL") or f"http://127.0.0.1:{os.environ.get('PORT') or '3000'}/webhooks/answer"


def read_seconds(text: str) -> float:
    """Return the length of a call: from one frame to the platform's longest call."""
    try:
        seconds = float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no number of seconds") from None
    if not FRAME_SECONDS <= seconds <= LONGEST_CALL_SECONDS:
        raise typer.BadParameter(f"{text} s is not between {FRAME_SECONDS:g} and {LONGEST_CALL_SECONDS} s")
    return seconds


def read_rate(text: str) -> float:
    """Return a number a second, from 0."""
    try:
        rate = float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no number") from None
    if not 0 <= rate < math.inf:
        raise typer.BadParameter(f"{text} is not 0 or more")
    return rate


def read_digits(text: str, seconds: float) -> tuple[Digit, ...]:
    """Return the keys in text like "1@2.0,5@3.5", for a call of so many seconds."""
    digits = []
    for part in filter(None, text.split(",")):
        match = re.fullmatch(r"\s*([0-9*#])@([0-9]+(?:\.[0-9]+)?)\s*", part)
        if match is None:
            raise typer.BadParameter(f"{part!r} is no key with its time, as in 1@2.0,5@3.5", param_hint="--dtmf")
        if float(match[2]) >= seconds:
            raise typer.BadParameter(f"{part!r} comes after the call's {seconds:g} s", param_hint="--dtmf")
        digits.append(Digit(match[1], float(match[2])))
    return tuple(digits)


def read_stalls(text: str, seconds: float, digits: tuple[Digit, ...]) -> tuple[Stall, ...]:
    """Return the stalls in text like "3@5,1@9" (3 s at 5 s), for a call of so many seconds with those keys."""
    stalls: list[Stall] = []
    for part in filter(None, text.split(",")):
        match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)@([0-9]+(?:\.[0-9]+)?)\s*", part)
        if match is None or not float(match[1]):
            raise typer.BadParameter(f"{part!r} is no stall with its time, as in 3@5", param_hint="--stall")
        stalls.append(Stall(float(match[1]), float(match[2])))
    stalls.sort(key=lambda stall: stall.at)
    for stall, following in itertools.pairwise([*stalls, Stall(0, at=seconds)]):
        if stall.end + RECOVERY_SECONDS >= following.at:
            deadline = f"{RECOVERY_SECONDS:g} s before the next stall or the call's end, at {following.at:g} s"
            raise typer.BadParameter(f"{stall.seconds:g}@{stall.at:g} is not over {deadline}", param_hint="--stall")
    if stalls and any(digit.key in "123456789" for digit in digits):
        raise typer.BadParameter("after a stall the echo must be immediate; no delay by --dtmf", param_hint="--stall")
    return tuple(stalls)


def read_wav(path: Path, seconds: float) -> Speech:
    """Return the beginning of a WAV file, as much as a call of so many seconds needs."""
    try:
        return read_speech(path, seconds)
    except SpeechError as error:
        raise typer.BadParameter(str(error), param_hint="--wav") from error


def read_sound_file(text: str) -> Path:
    """Return the path of a sound file that can be written."""
    return _read_output(text, SOUND_ENDINGS)


def read_picture_file(text: str) -> Path:
    """Return the path of a picture that can be written; matplotlib draws it."""
    if importlib.util.find_spec("matplotlib") is None:
        raise typer.BadParameter("a picture needs matplotlib: pip install 'voice-simulator[plot]'")
    return _read_output(text, PICTURE_ENDINGS)


def _read_output(text: str, endings: Sequence[str]) -> Path:
    path = Path(text)
    if path.suffix.lower() not in endings:
        raise typer.BadParameter(f"{path} can't be written: it must end in {' or '.join(endings)}")
    if not path.parent.is_dir():
        raise typer.BadParameter(f"the folder {path.parent} does not exist")
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise typer.BadParameter(f"{path} can't be written")
    return path
