"""The search for the breaking point: more calls step by step, until the application carries no more."""

from __future__ import annotations

import asyncio
import enum
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import NamedTuple

from .answers import Answers, AnswersRefusedError, NoAnswerError
from .crew import Crew
from .figures import CpuTimes, LoadStep, idle_share, join, least_ms, step_of
from .judgement import Judgement, breaches, judge, own_faults

SETTLE_SECONDS = 1.0
TRIES = 3  # of a step that the application does not seem to carry, or that can't be judged
GROWTH = 1.25


class Found(enum.Enum):
    """How a search ended."""

    BREAKING_POINT = enum.auto()  # the application carries no more than this
    MOST = enum.auto()  # it carried as many as were to be tried
    OWN_LIMIT = enum.auto()  # the load itself could do no more, before any breaking point
    NOTHING = enum.auto()  # no call came up, or no frame came back


@dataclass
class Search:
    """What a search has found so far."""

    steps: list[LoadStep] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)  # of the same steps
    base_ms: float | None = None  # the least round trip of the first step
    found: Found = Found.NOTHING
    why: str = ""

    @property
    def carried(self) -> int:
        """The most calls that a step showed to be carried."""
        carried = [each.calls for each, judged in zip(self.steps, self.judgements, strict=True) if judged is _CARRIED]
        return max(carried, default=0)


_CARRIED = Judgement.CARRIED
Tell = Callable[[str], None]


class Ramp(NamedTuple):
    """How many calls there are in each step, for how long, and how fast they come."""

    first: int
    step: int | None  # calls; None for a quarter more each time
    most: int
    seconds: float
    connects_per_second: float

    def calls(self) -> Iterator[int]:
        calls = min(self.first, self.most)
        while calls < self.most:
            yield calls
            calls = calls + self.step if self.step else max(calls + 1, _round(calls * GROWTH))
        yield self.most


def _round(number: float) -> int:
    """Return a number with two digits that count, as people like it."""
    unit: int = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return round(number / unit) * unit


class Searcher:
    """Carries out one search."""

    def __init__(self, ramp: Ramp, answers: Answers, crew: Crew, tell: Tell) -> None:
        """Take a function for what a person should know meanwhile."""
        self.search = Search()
        self._ramp = ramp
        self._answers = answers
        self._crew = crew
        self._tell = tell
        self._asked = 0  # calls, from the first one on

    async def run(self) -> Search:
        """Go up until the end, and return what was found."""
        for calls in self._ramp.calls():
            if not await self._raise_to(calls) or not await self._try():
                return self.search
        self._end(Found.MOST, f"{self.search.carried} calls were to be tried at most")
        return self.search

    async def _raise_to(self, calls: int) -> bool:
        """Open calls until there are so many; return whether all came up, else end the search."""
        self._tell(f"opening {calls - self._asked} calls, {calls} in all")
        try:
            await self._open_until(calls)
        except ExceptionGroup as group:
            self._give_up(_first(group))
            return False
        settled = await self._crew.settle()
        refused = [f"sockets refused: {len(settled.refused)} ({settled.refused[0]})"] if settled.refused else []
        ended = [f"calls ended: {len(settled.ended)} ({settled.ended[0]})"] if settled.ended else []
        if refused or ended:
            reached = settled.calls or self.search.steps
            self._end(
                Found.BREAKING_POINT if reached else Found.NOTHING, f"at {calls} calls, {', '.join(refused + ended)}"
            )
        elif settled.own_limits:
            self._end(Found.OWN_LIMIT, f"at {calls} calls this machine opened no more sockets: {settled.own_limits[0]}")
        return not (refused or ended or settled.own_limits)

    async def _open_until(self, calls: int) -> None:
        pause = 1 / self._ramp.connects_per_second if self._ramp.connects_per_second else 0.0
        start, first = perf_counter(), self._asked
        async with asyncio.TaskGroup() as group:
            while self._asked < calls:
                await asyncio.sleep(max(0.0, start + (self._asked - first) * pause - perf_counter()))
                group.create_task(self._open(self._asked))
                self._asked += 1

    async def _open(self, call: int) -> None:
        self._crew.open(await self._answers.socket_of(call))

    def _give_up(self, error: BaseException) -> None:
        """End the search as there are no more answers; raise any other error again."""
        if not isinstance(error, NoAnswerError):
            raise error
        refused = isinstance(error, AnswersRefusedError) and self.search.steps
        self._end(Found.OWN_LIMIT if refused else Found.NOTHING, str(error))

    async def _try(self) -> bool:
        """Measure a step, again if it seems too much; return whether to go on."""
        for _ in range(TRIES):
            step, judgement = await self._measure()
            if step is None:
                self._end(Found.NOTHING, "no frame came back: the application must echo what it gets")
                return False
            if judgement is _CARRIED:
                return True
            if step.calls_ended:
                break
        step, judgement = self.search.steps[-1], self.search.judgements[-1]
        if judgement is Judgement.TOO_MANY:
            self._end(Found.BREAKING_POINT, f"at {step.calls} calls, {' and '.join(breaches(step))}")
        else:
            self._end(Found.OWN_LIMIT, f"at {step.calls} calls, {' and '.join(own_faults(step))}")
        return False

    async def _measure(self) -> tuple[LoadStep | None, Judgement]:
        before = CpuTimes.now()
        reports = await self._crew.measure(SETTLE_SECONDS, self._ramp.seconds)
        raw = join(reports, idle_share(before, CpuTimes.now()))
        if self.search.base_ms is None:
            self.search.base_ms = least_ms(raw)
        if self.search.base_ms is None:
            return None, Judgement.NOT_JUDGED
        step = step_of(raw, self.search.base_ms)
        judgement = judge(step)
        self.search.steps.append(step)
        self.search.judgements.append(judgement)
        return step, judgement

    def _end(self, found: Found, why: str) -> None:
        self.search.found, self.search.why = found, why


def _first(error: BaseException) -> BaseException:
    """Return the first error of a group that holds errors or groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
