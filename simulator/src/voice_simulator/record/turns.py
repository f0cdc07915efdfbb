"""The turns of a call, as the caller hears them: how soon the application answers, and how soon it is interrupted.

Only levels are looked at: a frame is sound from a threshold on, and a short silence within speech belongs to it.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from ..audio.format import FRAME_SECONDS
from .events import CallEnded, Cleared, MachinePaused, ReactionBegan, SocketOpened
from .record import Record

AGENT_PAUSE_SECONDS = 0.3  # a longer silence ends what the application says
CALLER_PAUSE_SECONDS = 0.5  # a longer silence ends what the caller says
SHORTEST_SECONDS = 0.04  # of sound: anything shorter is a click
TOGETHER_SECONDS = 0.1  # whoever begins this soon after the other has not heard it
YIELD_SECONDS = 1.5  # after a noise: who falls silent later had another reason
ANSWER_SECONDS = 10.0  # a later answer is missed
PAUSED_SECONDS = 0.1  # of this machine: a time that holds a longer pause is unknown

_ALMOST_INFINITE = 1e15

TurnKind = Literal["first_audio", "response", "missed_turn", "barge_in", "false_yield", "interruption"]


class Sound(NamedTuple):
    """A stretch of sound, in seconds on the call's clock."""

    begin: float
    end: float


@dataclass(frozen=True)
class Turn:
    """One measurement; `ms` is None where there is no time to measure, or it is unknown, and `why` then says why."""

    kind: TurnKind
    at: float  # when it began, in seconds on the caller's clock
    ms: float | None = None
    queue_ms: float | None = None  # of a barge-in: how much was heard that had been sent before the application stopped
    why: str | None = None
    paused_seconds: float | None = None  # that this machine paused meanwhile, if that is why


@dataclass(frozen=True)
class Times:
    """How some times are spread, in milliseconds; None if there are none."""

    count: int
    p50: float | None
    p90: float | None
    max: float | None


@dataclass(frozen=True)
class Turns:
    """The figures of a call, or of several together.

    `first_audio_ms`: from the open socket to the first sound, of several calls the median. `response_ms`: from the end
    of the caller's turn to the application's next sound. `barge_in_stop_ms`: from the caller's first sound while the
    application is heard, until it is silent. `false_yields`: how often it fell silent within 1.5 s of a noise that was
    no turn. `missed_turns`: turns without an answer within 10 s. `interruptions`: how often it began while the caller
    spoke, or in a pause of less than 0.5 s. `talk_over_seconds`: how long both were heard at once.
    """

    first_audio_ms: float | None
    response_ms: Times
    barge_in_stop_ms: Times
    false_yields: int
    missed_turns: int
    interruptions: int
    talk_over_seconds: float
    list: tuple[Turn, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Return the figures as JSON, with the list of all turns."""
        turns = [{name: value for name, value in asdict(turn).items() if _is_told(name, value)} for turn in self.list]
        return {**asdict(self), "list": turns}


class Speakers(NamedTuple):
    """Who is heard when."""

    caller: Sequence[Sound]
    noises: Sequence[Sound]  # of the caller, that are no turns
    agent: Sequence[Sound]

    def as_json(self, zero: float = 0.0) -> dict[str, list[tuple[float, float]]]:
        """Return pairs of times, in seconds from `zero` on the call's clock."""
        return {
            name: [(round(sound.begin - zero, 3), round(sound.end - zero, 3)) for sound in sounds]
            for name, sounds in self._asdict().items()
        }


def speakers(record: Record) -> Speakers | None:
    """Return who is heard when; None for a call whose levels were not measured."""
    frames, threshold = record.frames, record.plan.threshold
    if not frames.said_levels and not frames.heard_levels:
        return None
    said, loud = frames.said_at[: len(frames.said_levels)], np.asarray(frames.said_levels) >= threshold
    is_noise = np.zeros(len(said), bool)
    noises = []
    for noise in _noises(record):
        within = (said >= noise.begin - FRAME_SECONDS / 2) & (said < noise.end)
        is_noise |= within
        noises += _sounds(said[within & loud], noise.end - noise.begin)
    heard = np.asarray(frames.heard_at)[np.asarray(frames.heard_levels) >= threshold]
    return Speakers(_sounds(said[loud & ~is_noise], CALLER_PAUSE_SECONDS), noises, _sounds(heard, AGENT_PAUSE_SECONDS))


def turns_of(record: Record, spoken: Speakers | None = None) -> Turns | None:
    """Return the turns of a call, also of one that goes on; None for a call whose levels were not measured.

    `spoken` saves deriving the speakers again.
    """
    spoken = spoken or speakers(record)
    if spoken is None:
        return None
    reader = _Reader(record, spoken)
    turns = tuple(sorted(reader.turns(), key=lambda turn: turn.at))
    return _figures(turns, math.fsum(reader.talk_overs()))


def together(calls: Sequence[Turns]) -> Turns:
    turns = tuple(turn for call in calls for turn in call.list)
    return _figures(turns, sum(call.talk_over_seconds for call in calls))


class _Reader:
    """Goes through what the caller said, and looks at what the application did meanwhile and then."""

    def __init__(self, record: Record, spoken: Speakers) -> None:
        self._record, self._spoken = record, spoken
        self._begins = [heard.begin for heard in spoken.agent]  # in order: a long call is looked at while it goes on
        frames = record.frames
        self._came_at = np.asarray(frames.heard_at) - np.asarray(frames.heard_waits)
        self._until = max([*frames.heard_at[-1:], *frames.said_at[-1:]], default=0.0) + FRAME_SECONDS
        self._over = bool(record.of(CallEnded))
        self._pauses = record.of(MachinePaused)

    def turns(self) -> Iterator[Turn]:
        caller = self._spoken.caller
        if first := self._first_audio():
            yield first
        for index, said in enumerate(caller):
            if heard := self._heard_at(said.begin):
                yield self._barge_in(said, heard)
            yield from self._interruptions(said)
            following = caller[index + 1].begin if index + 1 < len(caller) else None
            if answer := self._answer(said, following):
                yield answer
        for noise in self._spoken.noises:
            if self._yields(noise):
                yield Turn("false_yield", self._time(noise.begin))

    def talk_overs(self) -> Iterator[float]:
        """Yield the seconds in which both were heard at once."""
        for said in self._spoken.caller:
            first = max(0, bisect.bisect_right(self._begins, said.begin) - 1)
            for heard in self._spoken.agent[first : bisect.bisect_left(self._begins, said.end)]:
                yield max(0.0, min(said.end, heard.end) - max(said.begin, heard.begin))

    def _first_audio(self) -> Turn | None:
        for opened in self._record.of(SocketOpened):
            for heard in self._spoken.agent:
                if heard.begin >= opened.at:
                    return self._measured("first_audio", opened.at, heard.begin)
        return None

    def _heard_at(self, time: float) -> Sound | None:
        """Return what the application says at a time, if it began early enough to be heard by then."""
        return self._goes_on_at(time, TOGETHER_SECONDS)

    def _goes_on_at(self, time: float, early: float = 0.0) -> Sound | None:
        """Return what the application says at a time, if it began more than `early` seconds before."""
        before = bisect.bisect_left(self._begins, time, key=lambda begin: begin + early)
        heard = self._spoken.agent[before - 1] if before else None
        return heard if heard and time < heard.end else None

    def _barge_in(self, said: Sound, heard: Sound) -> Turn:
        if heard.end > self._until - AGENT_PAUSE_SECONDS:
            so_far = f"it was heard for {self._until - said.begin:.1f} s more, and then the call ended"
            return Turn("barge_in", self._time(said.begin), why=so_far if self._over else "it is still heard")
        turn = self._measured("barge_in", said.begin, heard.end)
        if turn.ms is None:
            return turn
        queue_ms = (heard.end - FRAME_SECONDS - max(said.begin, self._last_came_at(heard))) * 1000
        return Turn("barge_in", turn.at, turn.ms, round(min(max(0.0, queue_ms), turn.ms), 1))

    def _interruptions(self, said: Sound) -> Iterator[Turn]:
        first = bisect.bisect_right(self._begins, said.begin + TOGETHER_SECONDS)
        for begin in self._begins[first : bisect.bisect_left(self._begins, said.end)]:
            if not self._paused(said.begin, begin):
                yield Turn("interruption", self._time(begin))

    def _answer(self, said: Sound, following: float | None) -> Turn | None:
        """Return how soon a turn was answered; None if the caller spoke on, or the application already spoke."""
        if self._goes_on_at(said.end):
            return None
        last = said.end + ANSWER_SECONDS
        first = next(iter(self._begins[bisect.bisect_left(self._begins, said.end) :]), None)
        if first is not None and first <= last and (following is None or first < following):
            return self._measured("response", said.end, first)
        if following is not None and following <= last:
            return None
        if last <= self._until:
            return Turn("missed_turn", self._time(said.end))
        waited = f"there was no answer, and the call ended {self._until - said.end:.1f} s after the caller's turn"
        return Turn("response", self._time(said.end), why=waited) if self._over else None

    def _yields(self, noise: Sound) -> bool:
        """Return whether the application fell silent at a noise: not if all that it said had been sent before."""
        heard = self._heard_at(noise.begin)
        if heard is None or heard.end > min(noise.begin + YIELD_SECONDS, self._until - AGENT_PAUSE_SECONDS):
            return False
        cleared = any(
            event.frames and noise.begin < event.at < heard.end + FRAME_SECONDS for event in self._record.of(Cleared)
        )
        return (cleared or self._last_came_at(heard) > noise.begin) and not self._paused(noise.begin, heard.end)

    def _last_came_at(self, heard: Sound) -> float:
        """Return when the last frame of what the application said came from it."""
        at = np.asarray(self._record.frames.heard_at)
        return float(self._came_at[np.searchsorted(at, heard.end - FRAME_SECONDS / 2) - 1])

    def _measured(self, kind: TurnKind, begin: float, end: float) -> Turn:
        at = self._time(begin)
        # In between, a pause moves nothing: the application's own clock goes on.
        if paused := max(self._paused(moment - FRAME_SECONDS, moment + FRAME_SECONDS) for moment in (begin, end)):
            why = f"this machine paused for {paused:.2f} s meanwhile"
            return Turn(kind, at, why=why, paused_seconds=paused)
        return Turn(kind, at, round((end - begin) * 1000, 1))

    def _paused(self, begin: float, end: float) -> float:
        """Return the longest pause of this machine between two times; 0 for none that matters."""
        pauses = [each.seconds for each in self._pauses if each.at - each.seconds < end and each.at > begin]
        return max((seconds for seconds in pauses if seconds >= PAUSED_SECONDS), default=0.0)

    def _time(self, at: float) -> float:
        return round(at - self._record.speech_at, 3)


def _noises(record: Record) -> Iterator[Sound]:
    for seconds, at in record.plan.noises:
        yield Sound(record.speech_at + at, record.speech_at + at + seconds)
    for event in record.of(ReactionBegan):
        if event.noise:
            yield Sound(event.at - FRAME_SECONDS, event.at + event.seconds + FRAME_SECONDS)


def _sounds(begins: npt.NDArray[np.float64], pause: float) -> list[Sound]:
    """Return the stretches of some frames, by their beginnings; a shorter silence than `pause` belongs to a stretch."""
    if not len(begins):
        return []
    breaks = np.flatnonzero(np.diff(begins) - FRAME_SECONDS >= pause)
    firsts, lasts = np.concatenate([[0], breaks + 1]), np.concatenate([breaks, [len(begins) - 1]])
    return [
        Sound(float(begins[first]), float(begins[last]) + FRAME_SECONDS)
        for first, last in zip(firsts, lasts, strict=True)
        if (last - first + 1) * FRAME_SECONDS >= SHORTEST_SECONDS
    ]


def _figures(turns: tuple[Turn, ...], talk_over_seconds: float) -> Turns:
    first_audio = _times(turns, "first_audio").p50
    count = {kind: sum(turn.kind == kind for turn in turns) for kind in ("false_yield", "missed_turn", "interruption")}
    return Turns(
        first_audio,
        _times(turns, "response"),
        _times(turns, "barge_in"),
        count["false_yield"],
        count["missed_turn"],
        count["interruption"],
        round(talk_over_seconds, 2),
        turns,
    )


def _times(turns: Sequence[Turn], kind: TurnKind) -> Times:
    known = [turn.ms for turn in turns if turn.kind == kind and turn.ms is not None]
    if not known:
        return Times(0, None, None, None)
    return Times(len(known), *(round(percentile(known, share), 1) for share in (50, 90, 100)))


def percentile(values: Sequence[float], share: float) -> float:
    """Return a percentile, interpolated; infinite values are as any others."""
    found = float(np.percentile(np.minimum(values, _ALMOST_INFINITE), share))
    return math.inf if found > _ALMOST_INFINITE / len(values) / 100 else found


def _is_told(name: str, value: Any) -> bool:
    return name in ("kind", "at", "ms") or value is not None
