"""Rules of the group ncco: the actions that the answer webhook gives, and what follows the socket's end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...vonage.event_answers import has_body, is_ncco
from ...vonage.ncco.rules import NCCO_RULES
from ...vonage.requester import shown
from ..finding import Finding, failed, passed, skipped, warned
from ..rule import Need, Rule, rule
from ..trial import Trial


def _judging(name: str, expected: str) -> Callable[[Trial], Awaitable[Finding]]:
    async def judge(trial: Trial) -> Finding:
        ncco = trial.read_ncco(trial.first_answer.required())
        own = [each for each in ncco.diagnostics if each.rule == name]
        if broken := [each.sentence for each in own if each.breaks_rule]:
            return failed("; ".join(broken), expected)
        if own:
            return warned("; ".join(each.sentence for each in own), expected)
        if name == "ncco.wss" and not trial.application.is_secure:
            return skipped(Need.HTTPS.value)
        return passed(expected, expected)

    return judge


NCCO = [Rule(id_, title, section, fix, _judging(id_, expected)) for id_, title, expected, section, fix in NCCO_RULES]


@rule(
    "ncco.after-socket",
    "When the socket has ended, the answer is an NCCO that keeps the rules, or none",
    section="4",
    fix="Answer a synchronous `disconnected` or `failed` with an array of actions, or with 204 and no body.",
)
async def after_socket(trial: Trial) -> Finding:
    """Report that a socket has ended, and that another could not be opened; each answer may be an NCCO."""
    expected = "an NCCO that keeps the rules, or 204 without a body"
    outcomes, odd = [], []
    for status in ("disconnected", "failed"):
        call = await trial.place_call()
        if not call.connect.is_synchronous:
            return skipped("the connect's eventType is not synchronous, so no answer of its events counts")
        leg = call.socket_leg()
        response = await call.send_event(leg.event(status), call.connect)
        if not response.is_success:
            return failed(f"to {status}: {shown(response)}", expected)
        if not is_ncco(response):
            outcomes.append(f"no NCCO to {status}")
            if has_body(response):
                odd.append(f"to {status}: {shown(response)}, which is no NCCO")
            continue
        ncco = trial.read_ncco(response)
        if ncco.errors:
            return failed(f"to {status}: {ncco.errors[0]}", expected)
        outcomes.append(f"{' + '.join(action.action for action in ncco.actions)} to {status}")
    return warned("; ".join(odd), expected) if odd else passed(", ".join(outcomes), expected)
