"""Runs the rules of a check: a few one by one, the others beside each other."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

from ..platform.webhook_client import WebhookError
from .finding import Finding, NotJudgedError, Status, failed, skipped
from .pace import Pace
from .plain_answer import ask_plainly
from .requests import Requests
from .rule import Rule
from .target import Target
from .trial import Trial

SHORT_RULES_AT_ONCE = 6
LASTING_SECONDS = 5.0  # a rule that takes so long waits for no place
PATIENCE_SECONDS = 90.0  # for a rule, beyond the time that it says it takes


@dataclass(frozen=True)
class Result:
    """A rule, what was found, and how long that took; `crash` is the traceback of a fault in the rule itself."""

    rule: Rule
    finding: Finding
    crash: str = ""
    seconds: float = 0.0

    @property
    def expected(self) -> str:
        """What was expected."""
        return self.finding.expected or self.rule.title


@dataclass(frozen=True)
class Report:
    """What became of each rule, in their order; `unreached` says why the application could not be reached."""

    target: Target
    results: list[Result]
    unreached: str = ""

    def count(self, status: Status) -> int:
        """Return how many rules came out so."""
        return sum(result.finding.status is status for result in self.results)

    @property
    def exit_code(self) -> int:
        """0 if no rule failed, 1 if one did, or is at fault itself, 3 if nothing was reached."""
        if self.unreached:
            return 3
        return int(any(result.finding.status is Status.FAIL or result.crash for result in self.results))


Watch = Callable[[Result], None]


async def run_check(target: Target, rules: Sequence[Rule], watch: Watch = lambda result: None) -> Report:
    """Judge an application by rules; `watch` gets each result when it is there."""
    requests, pace = Requests(target), Pace()
    places = asyncio.Semaphore(SHORT_RULES_AT_ONCE)

    async def judged(rule: Rule, places: asyncio.Semaphore | None = None) -> Result:
        async with places or contextlib.nullcontext():
            begun = perf_counter()
            result = await _judge(rule, Trial(target, requests, pace, plain))
            result = dataclasses.replace(result, seconds=perf_counter() - begun)
        watch(result)
        return result

    try:
        plain = await ask_plainly(target, requests)
        results = [await judged(rule) for rule in rules if rule.alone]
        lasting = [judged(rule) for rule in rules if not rule.alone and rule.seconds >= LASTING_SECONDS]
        short = [judged(rule, places) for rule in rules if not rule.alone and rule.seconds < LASTING_SECONDS]
        results += await asyncio.gather(*lasting, *short)
    finally:
        await requests.close()
    order = {rule.id: index for index, rule in enumerate(rules)}
    unreached = plain.trouble if plain.unreachable else ""
    return Report(target, sorted(results, key=lambda result: order[result.rule.id]), unreached)


async def _judge(rule: Rule, trial: Trial) -> Result:
    missing = next((need for need in rule.needs if not need.is_met(trial.target)), None)
    if missing is not None:
        return Result(rule, skipped(missing.value))
    if trial.plain.unreachable and not rule.unreached:
        return Result(rule, skipped(trial.plain.trouble))
    try:
        async with asyncio.timeout(rule.seconds + PATIENCE_SECONDS):
            try:
                return Result(rule, await rule.judge(trial))
            except NotJudgedError as error:
                return Result(rule, skipped(str(error)))
            except WebhookError as error:
                return Result(rule, failed(str(error)))
            finally:
                await trial.end()
    except Exception as error:  # a fault of the rule's own: it must not take the other rules' results along
        crash = "".join(traceback.format_exception(error))
        seen = f"the rule itself is at fault, not the application ({type(error).__name__}): please report this"
        return Result(rule, skipped(seen), crash)
