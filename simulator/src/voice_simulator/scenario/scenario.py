"""A scenario, read from its file and checked against a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from ..call.actions.context import CalleeConduct
from ..caller.script import Digit, Expect, Script, Stall, Words
from ..caller.speech import SpeechError, read_speech
from ..record.events import Expectation
from ..record.expectation import SOUNDS, STEPS
from .clips import Clip, join
from .fields import Value, read_fields

LONGEST_SECONDS = 7200.0
DEFAULT_SECONDS = 10.0
KEYS, KEYS_HINT = tuple("0123456789*#"), 'one key: 0 to 9, or "*" or "#" in quotes'
TIMES = ("after", "within")


@dataclass(frozen=True)
class Scenario:
    """What a scenario's file says."""

    script: Script
    callee: CalleeConduct
    must: tuple[Expectation, ...] = ()


def read_scenario(path: Path, *, audio_kept: bool = False) -> Scenario:
    """Read a scenario's file; the paths in it count from its folder. Raises ScenarioError."""
    root = read_fields(path)
    fields = root.fields(("expect", "seconds", "callee", "caller", "network", "must"))
    seconds = _number(fields, "seconds", 0.1, LONGEST_SECONDS, DEFAULT_SECONDS)
    expect: Expect = _choice(fields, "expect", get_args(Expect), "nothing")  # type: ignore[assignment]
    callee: CalleeConduct = _choice(fields, "callee", get_args(CalleeConduct), "answers")  # type: ignore[assignment]
    clips, words, digits = _caller(fields, seconds)
    stalls = [_stall(item, seconds) for item in fields["network"].items()] if "network" in fields else []
    script = Script(
        speech=join(clips, seconds),
        seconds=seconds,
        digits=tuple(digits),
        words=tuple(words),
        stalls=tuple(sorted(stalls, key=lambda stall: stall.at)),
        audio_kept=audio_kept,
        expect=expect,
    )
    must = [_expectation(item, seconds) for item in fields["must"].items()] if "must" in fields else []
    return Scenario(script, callee, tuple(must))


def _caller(fields: dict[str, Value], seconds: float) -> tuple[list[Clip], list[Words], list[Digit]]:
    clips, words, digits = [], [], []
    for item in fields["caller"].items() if "caller" in fields else ():
        deed = item.fields(("at", "say", "for", "text", "press"))
        at = _number(deed, "at", 0, seconds, None, item)
        if "press" in deed and "say" not in deed:
            digits.append(Digit(deed["press"].one_of(KEYS, KEYS_HINT), at))
        elif "say" in deed and "press" not in deed:
            clips.append(_clip(deed, at, seconds))
            if "text" in deed:
                words.append(Words(deed["text"].text("the words that are said"), at, clips[-1].seconds))
        else:
            raise item.error('give say: with a WAV file, or press: with a key in quotes, as in press: "#"')
    clips.sort(key=lambda clip: clip.at)
    return clips, sorted(words, key=lambda each: each.at), digits


def _clip(deed: dict[str, Value], at: float, seconds: float) -> Clip:
    say = deed["say"]
    path = say.path.parent / say.text("the path of a WAV file")
    length = _number(deed, "for", 0.02, LONGEST_SECONDS, seconds)
    try:
        speech = read_speech(path, length)
    except SpeechError as error:
        raise say.error(f"{error}; the path counts from the scenario's folder") from error
    return Clip(speech, at)


def _stall(item: Value, seconds: float) -> Stall:
    fields = item.fields(("at", "stall"))
    return Stall(
        _number(fields, "stall", 0.02, seconds, None, item),
        _number(fields, "at", 0, seconds, None, item),
    )


def _expectation(item: Value, seconds: float) -> Expectation:
    kinds = (*STEPS, *SOUNDS)
    fields = item.fields((*kinds, *TIMES))
    found = [name for name in fields if name not in TIMES]
    if len(found) != 1:
        raise item.error(f"give exactly one of {', '.join(kinds)}, with after: and within: if need be")
    (kind,) = found
    hint = "true" if kind in SOUNDS else "a part of its text, or true for any"
    text = fields[kind].text(hint)
    if kind in SOUNDS and text != "true":
        raise fields[kind].error("give true")
    times = {name: _number(fields, name, 0, seconds, None) for name in TIMES if name in fields}
    return Expectation(kind, text, **times)


def _choice(fields: dict[str, Value], name: str, choices: Sequence[str], default: str) -> str:
    return fields[name].one_of(choices) if name in fields else default


def _number(
    fields: dict[str, Value], name: str, low: float, high: float, default: float | None, owner: Value | None = None
) -> float:
    """Return a number of seconds, which must be there if it has no default."""
    hint = f"a number of seconds from {low:g} to {high:g}"
    if name in fields:
        return fields[name].number(low, high, hint)
    if default is None:
        raise (owner or fields[name]).error(f"{name} is missing; give {hint}")
    return default
