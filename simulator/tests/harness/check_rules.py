"""Rules of a check with an outcome of the test's choice."""

from __future__ import annotations

import dataclasses

from voice_simulator.check.finding import Finding
from voice_simulator.check.rule import Need, Rule
from voice_simulator.check.trial import Trial


def made(
    name: str,
    outcome: Finding | Exception,
    *,
    needs: tuple[Need, ...] = (),
    alone: bool = False,
    last: bool = False,
    unreached: bool = False,
) -> Rule:
    kind = Rule(f"webhooks.{name}", "It holds", "1", "Do it.", nobody_judges, needs, 0.0, alone, last, unreached)

    async def judge(trial: Trial) -> Finding:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return dataclasses.replace(kind, judge=judge)


async def nobody_judges(trial: Trial) -> Finding:
    raise AssertionError("made() puts a judge in its place")
