"""Runs the rules of a check: a few one by one, the others beside each other."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import traceback
from collections.abc import Callable, Sequence

from ..call.machine_pauses import TICK_SECONDS, PauseWatch, longest_pause
from ..record.record import Record
from ..vonage.application import Application
from ..vonage.requester import WebhookError
from .finding import NotJudgedError, failed, skipped
from .first_answer import request_first_answer
from .report import CheckReport, Result
from .requests import Requests
from .rule import Rule
from .trial import Shared, Trial

SHORT_RULES_AT_ONCE = 6
LASTING_SECONDS = 5.0  # a rule that takes so long waits for no place
PATIENCE_SECONDS = 90.0  # for a rule, beyond the time that it says it takes


Watch = Callable[[Result], None]


async def run_check(
    application: Application,
    rules: Sequence[Rule],
    watch: Watch = lambda result: None,
    *,
    proxy_reload: str | None = None,
) -> CheckReport:
    """Judge an application by rules; `watch` gets each result when it is there.

    `proxy_reload` is the command that reloads the proxy before the application.
    """
    requests, pauses, record = Requests(application), PauseWatch(), Record()
    pauses.follow(record)
    clock = asyncio.create_task(pauses.run())
    try:
        plain = await request_first_answer(application, requests)
        trials = functools.partial(Trial, application, Shared(requests, plain, proxy_reload))
        results = await _Court(trials, record, watch).judge_all(rules)
    finally:
        clock.cancel()
        await requests.close()
    return CheckReport(application, results, plain.trouble if plain.unreachable else "")


class _Court:
    """Judges rules: those that are alone, then all others beside each other, the doubtful ones again, the last ones."""

    def __init__(self, trials: Callable[[], Trial], record: Record, watch: Watch) -> None:
        """Take what makes a rule's trial, and the record that gets the pauses of this machine."""
        self._trials = trials
        self._record = record
        self._watch = watch
        self._places = asyncio.Semaphore(SHORT_RULES_AT_ONCE)

    async def judge_all(self, rules: Sequence[Rule]) -> list[Result]:
        results = {rule.id: await self._watched(rule) for rule in rules if rule.alone}
        others = [rule for rule in rules if not rule.alone and not rule.last]
        lasting = [self._watched(rule) for rule in others if rule.seconds >= LASTING_SECONDS]
        short = [self._in_turn(rule) for rule in others if rule.seconds < LASTING_SECONDS]
        results |= {result.rule.id: result for result in await asyncio.gather(*lasting, *short)}
        for rule in others:
            if results[rule.id].is_doubtful and rule.seconds < LASTING_SECONDS:
                results[rule.id] = await self._judged(rule)
        results |= {rule.id: await self._watched(rule) for rule in rules if rule.last}
        return [results[rule.id] for rule in rules]

    async def _in_turn(self, rule: Rule) -> Result:
        async with self._places:
            return await self._watched(rule)

    async def _watched(self, rule: Rule) -> Result:
        result = await self._judged(rule)
        self._watch(result)
        return result

    async def _judged(self, rule: Rule) -> Result:
        begun = self._record.now
        result = await _judge(rule, self._trials())
        ended = self._record.now
        await asyncio.sleep(TICK_SECONDS)  # a pause of this machine that has just ended is noted by then
        return dataclasses.replace(
            result, seconds=ended - begun, machine_pause=longest_pause(self._record, begun, ended)
        )


async def _judge(rule: Rule, trial: Trial) -> Result:
    missing = next((need for need in rule.needs if not need.is_met(trial)), None)
    if missing is not None:
        return Result(rule, skipped(missing.value))
    if trial.first_answer.unreachable and not rule.unreached:
        return Result(rule, skipped(trial.first_answer.trouble))
    try:
        async with asyncio.timeout(rule.seconds + PATIENCE_SECONDS):
            try:
                return Result(rule, await rule.judge(trial))
            except NotJudgedError as error:
                return Result(rule, skipped(str(error), error.broken))
            except WebhookError as error:
                return Result(rule, failed(str(error)))
            finally:
                await trial.end()
    except Exception as error:  # a fault of the rule's own: it must not take the other rules' results along
        crash = "".join(traceback.format_exception(error))
        seen = f"the rule itself is at fault, not the application ({type(error).__name__}): please report this"
        return Result(rule, skipped(seen), crash)
