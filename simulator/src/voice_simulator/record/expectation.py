"""What must come of a call: one of its steps, sound or silence, within a time; or a figure of its turns."""

from __future__ import annotations

import math

from ..audio.format import FRAME_SECONDS
from .events import Expectation
from .record import Record
from .steps import steps
from .turns import Turn, TurnKind, percentile, turns_of

# The steps that can be expected by a part of their detail, or by "true" for any.
STEPS = (
    "talk",
    "stream",
    "input",
    "collected",
    "record",
    "recording",
    "conversation",
    "notify",
    "transfer",
    "wait",
    "connect",
    "event",
    "clear",
    "closed",
)
SOUNDS = ("audio", "silence")
# The figures of turns: times, each with the shares that can be expected, and numbers that may not be exceeded.
SHARES = {"p50": 50, "p90": 90, "max": 100}
TIMES: dict[str, TurnKind] = {"response": "response", "barge_in_stop": "barge_in", "first_audio": "first_audio"}
COUNTS = ("false_yields", "missed_turns", "interruptions", "talk_over_seconds")
KINDS = (*STEPS, *SOUNDS, *TIMES, *COUNTS)
ANY = "true"


def words(expectation: Expectation) -> str:
    if expectation.kind in COUNTS:
        return f"{expectation.kind} at most {expectation.text}"
    what = expectation.kind if expectation.text == ANY else f"{expectation.kind} {expectation.text!r}"
    when = "" if expectation.within is None else f" within {expectation.within:g} s"
    return what + when + ("" if expectation.after is None else f" after {expectation.after:g} s")


def missed_words(expectation: Expectation, record: Record) -> str:
    """Return an expectation that was missed in words, with the figure that came instead."""
    if expectation.kind not in (*TIMES, *COUNTS):
        return words(expectation)
    measured = figure(expectation, record)
    if measured is None:
        return f"{words(expectation)}; there was nothing to measure"
    if measured == math.inf:
        return f"{words(expectation)}; it never came"
    return f"{words(expectation)}; it was {measured:.3g}{' s' if expectation.kind in TIMES else ''}"


def met_at(expectation: Expectation, record: Record) -> float | None:
    """Return when a call met an expectation, in seconds on the caller's clock, or None if it did not.

    Of a figure, return the figure: seconds or a number.
    """
    if expectation.kind in TIMES or expectation.kind in COUNTS:
        measured, limit = figure(expectation, record), expectation.within
        if expectation.kind in COUNTS:
            limit = float(expectation.text)
        return measured if measured is not None and (limit is None or measured <= limit) else None
    begin = -math.inf if expectation.after is None else expectation.after
    end = max(begin, 0.0) + (math.inf if expectation.within is None else expectation.within)
    if expectation.kind == "silence":
        return None if any(begin <= time <= end for time in _heard(record)) else end
    times = _heard(record) if expectation.kind == "audio" else _steps(expectation, record)
    return next((time for time in times if begin <= time <= end), None)


def figure(expectation: Expectation, record: Record) -> float | None:
    """Return a figure of a call's turns, infinite if an answer or a silence never came; None if it is unknown."""
    turns = turns_of(record)
    if turns is None:
        return None
    if expectation.kind in COUNTS:
        return float(getattr(turns, expectation.kind))
    kind = TIMES[expectation.kind]
    seconds = [seconds for turn in turns.list if (seconds := _seconds(turn, kind)) is not None]
    share = SHARES.get(expectation.text, 100)
    return percentile(seconds, share) if seconds else None


def is_doubtful(expectation: Expectation, record: Record) -> bool:
    """Return whether a figure may be wrong by a pause of this machine."""
    kind, turns = TIMES.get(expectation.kind), turns_of(record)
    return turns is not None and any(turn.kind == kind and turn.paused_seconds for turn in turns.list)


def _seconds(turn: Turn, kind: TurnKind) -> float | None:
    if turn.kind == "missed_turn" and kind == "response":
        return math.inf
    if turn.kind != kind or turn.paused_seconds:
        return None
    if turn.ms is not None:
        return turn.ms / 1000
    return math.inf if kind == "barge_in" else None  # it never fell silent


def _steps(expectation: Expectation, record: Record) -> list[float]:
    text = expectation.text.lower()
    return [
        step.at - record.speech_at
        for step in steps(record)
        if step.kind == expectation.kind and (expectation.text == ANY or text in step.detail.lower())
    ]


def _heard(record: Record) -> list[float]:
    """Return when each frame was heard, by its middle."""
    return [time - record.speech_at + FRAME_SECONDS / 2 for time in record.frames.heard_at]
