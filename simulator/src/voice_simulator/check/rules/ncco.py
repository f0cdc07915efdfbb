"""Rules of the group ncco: the actions that the answer webhook gives to a plain question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...vonage.ncco.rules import NCCO_RULES
from ..finding import Finding, failed, passed, warned
from ..rule import Need, Rule
from ..trial import Trial

NEEDS = {"ncco.wss": (Need.HTTPS,)}


def _judging(rule: str, expected: str) -> Callable[[Trial], Awaitable[Finding]]:
    """Return the judge of one of the NCCO's rules."""

    async def judge(trial: Trial) -> Finding:
        ncco = trial.read_ncco(trial.plain.required())
        own = [each for each in ncco.diagnostics if each.rule == rule]
        if broken := [each.sentence for each in own if each.breaks_rule]:
            return failed("; ".join(broken), expected)
        return warned("; ".join(each.sentence for each in own), expected) if own else passed(expected, expected)

    return judge


NCCO = [
    Rule(id_, title, section, fix, _judging(id_, expected), needs=NEEDS.get(id_, ()))
    for id_, title, expected, section, fix in NCCO_RULES
]
