"""A scenario, read from its file and checked against a call."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import numpy as np

from ..audio.reading import SoundError
from ..call.actions.context import CalleeConduct
from ..caller.script import (
    REACTION_SECONDS,
    SETTLE_SECONDS,
    SOUND_DBFS,
    Digit,
    Expect,
    Reaction,
    Script,
    Stall,
    Words,
)
from ..caller.speech import Speech, read_speech
from ..record.events import Expectation
from ..record.expectation import COUNTS, KINDS, SHARES, SOUNDS, TIMES
from .clips import SAMPLE_RATE, Clip, join
from .fields import Value, read_fields

LONGEST_SECONDS = 7200.0
DEFAULT_SECONDS = 10.0
KEYS, KEYS_HINT = tuple("0123456789*#"), 'one key: 0 to 9, or "*" or "#" in quotes'
WITHIN = ("after", "within")
STOPS, SPOKEN = "agent stops", "agent has spoken"
EXAMPLES = Path(__file__).parents[1] / "examples"
SOUND_FILES = Path(__file__).parents[1] / "caller" / "sounds"
QUIETEST_DB, LOUDEST_DB = -60.0, 20.0  # of a level


@dataclass(frozen=True)
class Scenario:
    """What a scenario's file says."""

    script: Script
    callee: CalleeConduct
    must: tuple[Expectation, ...] = ()


@dataclass
class _Part:
    """What the caller does in the call."""

    clips: list[Clip] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    digits: list[Digit] = field(default_factory=list)
    noises: list[tuple[float, float]] = field(default_factory=list)  # seconds, and when
    reactions: list[Reaction] = field(default_factory=list)


def read_scenario(source: Path | Mapping[str, Any], *, audio_kept: bool = False) -> Scenario:
    """Read a scenario's file, or a dictionary with the same fields; the name of an example stands for its file.

    Paths count from the file's folder, those of a dictionary from the working directory. Raises ScenarioError.
    """
    if isinstance(source, Path) and not source.exists() and (EXAMPLES / f"{source}.yaml").exists():
        source = EXAMPLES / f"{source}.yaml"
    root = read_fields(source)
    fields = root.fields(
        ("expect", "seconds", "callee", "caller", "background", "threshold", "settle", "network", "must")
    )
    seconds = _number(fields, "seconds", 0.1, LONGEST_SECONDS, DEFAULT_SECONDS)
    expect: Expect = _choice(fields, "expect", get_args(Expect), "nothing")  # type: ignore[assignment]
    callee: CalleeConduct = _choice(fields, "callee", get_args(CalleeConduct), "answers")  # type: ignore[assignment]
    part = _Part()
    for item in fields["caller"].items() if "caller" in fields else ():
        _read_deed(item, part, seconds)
    if part.reactions and expect == "echo":
        raise fields["caller"].error(f'"{STOPS}" has no meaning where an echo is expected; give expect: audio')
    stalls = [_stall(item, seconds) for item in fields["network"].items()] if "network" in fields else []
    threshold_hint = "a level in dBFS, from -100 to 0"
    script = Script(
        speech=join(sorted(part.clips, key=lambda clip: clip.at), seconds),
        seconds=seconds,
        digits=tuple(part.digits),
        words=tuple(sorted(part.words, key=lambda each: each.at)),
        stalls=tuple(sorted(stalls, key=lambda stall: stall.at)),
        reactions=tuple(part.reactions),
        noises=tuple(part.noises),
        background=_background(fields["background"]) if "background" in fields else None,
        threshold=fields["threshold"].number(-100, 0, threshold_hint) if "threshold" in fields else SOUND_DBFS,
        settle=_number(fields, "settle", 0.1, 10, SETTLE_SECONDS),
        audio_kept=audio_kept,
        expect=expect,
    )
    must = [_expectation(item, seconds) for item in fields["must"].items()] if "must" in fields else []
    return Scenario(script, callee, tuple(must))


def _read_deed(item: Value, part: _Part, seconds: float) -> None:
    """Read something that the caller does, at a time or in reaction to the application."""
    deed = item.fields(("at", "when", "within", "wait", "say", "for", "level", "noise", "text", "press", "hang up"))
    if "when" in deed and "at" not in deed:
        part.reactions.append(_reaction(item, deed, seconds))
        return
    if unfit := [name for name in ("within", "wait", "hang up", "when") if name in deed]:
        raise item.error(f'{", ".join(unfit)} can\'t stand beside at; give when: "{STOPS}" or "{SPOKEN} SECONDS"')
    at = _number(deed, "at", 0, seconds, None, item)
    if "press" in deed and "say" not in deed:
        part.digits.append(Digit(deed["press"].one_of(KEYS, KEYS_HINT), at))
    elif "say" in deed and "press" not in deed:
        clip = Clip(_sound(deed, seconds), at)
        part.clips.append(clip)
        if _flag(deed, "noise"):
            part.noises.append((clip.seconds, at))
        if "text" in deed:
            part.words.append(Words(deed["text"].text("the words that are said"), at, clip.seconds))
    else:
        raise item.error('give say: with a sound file, or press: with a key in quotes, as in press: "#"')


def _reaction(item: Value, deed: dict[str, Value], seconds: float) -> Reaction:
    spoken = _moment(deed["when"], seconds)
    if len([name for name in ("say", "press", "hang up") if name in deed]) != 1:
        raise item.error("give one of say: with a sound, press: with a key in quotes, and hang up: true")
    if "say" in deed:
        what = "nothing" if deed["say"].is_mapping else deed["say"].text("a sound")
        name = f"say {what}"
    elif "press" in deed:
        name = f"press {deed['press'].one_of(KEYS, KEYS_HINT)}"
    elif _flag(deed, "hang up"):
        name = "hang up"
    else:
        raise deed["hang up"].error("give true")
    return Reaction(
        spoken,
        within=_number(deed, "within", 0.02, seconds, min(REACTION_SECONDS, seconds)),
        wait=_number(deed, "wait", 0, seconds, 0.0),
        speech=_sound(deed, seconds) if "say" in deed else None,
        noise=_flag(deed, "noise"),
        words=deed["text"].text("the words that are said") if "text" in deed else "",
        key=deed["press"].text(KEYS_HINT) if "press" in deed else "",
        hang_up="hang up" in deed,
        name=name,
    )


def _moment(when: Value, seconds: float) -> float | None:
    """Return how long the application must have spoken, or None for its silence."""
    hint = f'"{STOPS}", or "{SPOKEN}" with seconds, as in "{SPOKEN} 1.0"'
    text = when.text(hint)
    if text == STOPS:
        return None
    begin, _, number = text.rpartition(" ")
    try:
        spoken = float(number) if begin == SPOKEN else math.nan
    except ValueError:
        spoken = math.nan
    if not 0 < spoken <= seconds:
        raise when.error(f"{text!r} is no moment; give {hint}")
    return spoken


def _sound(deed: dict[str, Value], seconds: float) -> Speech:
    """Return what is said: a file, a sound of the simulator by its name, or silence."""
    say = deed["say"]
    if say.is_mapping:
        fields = say.fields(("silence",))
        silent = _number(fields, "silence", 0.02, seconds, None, say)
        return Speech(np.zeros(round(silent * SAMPLE_RATE), np.float32), SAMPLE_RATE)
    text = say.text("the path of a sound file, or the name of a sound")
    path, named = say.folder / text, SOUND_FILES / f"{text}.ogg"
    if not path.exists() and named.exists():
        path = named
    try:
        speech = read_speech(path, _number(deed, "for", 0.02, LONGEST_SECONDS, seconds))
    except SoundError as error:
        sounds = ", ".join(sorted(each.stem for each in SOUND_FILES.glob("*.ogg")))
        folder = "the scenario's folder" if say.path else "the working directory"
        raise say.error(f"{error}; the path counts from {folder}, and sounds by name are {sounds}") from error
    hint = f"a level in dB, from {QUIETEST_DB:g} to {LOUDEST_DB:g}"
    level = deed["level"].number(QUIETEST_DB, LOUDEST_DB, hint) if "level" in deed else 0.0
    return Speech((speech.samples * 10 ** (level / 20)).astype(np.float32), speech.sample_rate)


def _background(background: Value) -> Speech:
    fields = background.fields(("say", "level")) if background.is_mapping else {"say": background}
    if "say" not in fields:
        raise background.error("say is missing; give a sound, as in background: {say: babble, level: -20}")
    return _sound(fields, LONGEST_SECONDS)


def _flag(fields: dict[str, Value], name: str) -> bool:
    return name in fields and fields[name].one_of(("true", "false")) == "true"


def _stall(item: Value, seconds: float) -> Stall:
    fields = item.fields(("at", "stall"))
    return Stall(
        _number(fields, "stall", 0.02, seconds, None, item),
        _number(fields, "at", 0, seconds, None, item),
    )


def _expectation(item: Value, seconds: float) -> Expectation:
    fields = item.fields((*KINDS, *WITHIN))
    found = [name for name in fields if name not in WITHIN]
    if len(found) != 1:
        raise item.error(f"give exactly one of {', '.join(KINDS)}, with after: and within: if need be")
    (kind,) = found
    value = fields[kind]
    if kind in COUNTS:
        text = f"{value.number(0, LONGEST_SECONDS, 'the most that it may be, from 0 on'):g}"
    elif kind in SOUNDS or kind == "first_audio":
        text = value.one_of(("true",))
    elif kind in TIMES:
        text = value.one_of(tuple(SHARES))
    else:
        text = value.text("a part of its text, or true for any")
    if unfit := [name for name in fields if name in WITHIN and (kind in COUNTS or (kind in TIMES and name == "after"))]:
        raise fields[unfit[0]].error(f"{kind} is of the whole call; take it out")
    if kind in TIMES and "within" not in fields:
        raise item.error(f"within is missing; give the most seconds that {kind} may be")
    times = {name: _number(fields, name, 0, seconds, None) for name in WITHIN if name in fields}
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
