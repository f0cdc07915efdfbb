"""The rule of the group webhooks about the fallback webhook."""

from __future__ import annotations

from ..finding import Finding, NotJudgedError, failed, passed
from ..plain_answer import told
from ..rule import rule
from ..trial import Trial

NOBODY_THERE = (404, 405)


@rule(
    "webhooks.fallback",
    "The fallback webhook answers with an NCCO when the answer webhook has failed",
    section="6",
    fix="Answer the fallback URL with an NCCO that needs nothing which may be down: a talk is enough.",
)
async def fallback(trial: Trial) -> Finding:
    """Ask as the platform does after a failure, with the reason and the original request."""
    original = {"url": trial.application.answer_url, "type": trial.application.method}
    reason = "Connection closed."
    url = trial.application.fallback_webhook
    response = await trial.ask(url=url, reason=reason, original_request=original)
    if response.status_code in NOBODY_THERE and not trial.application.fallback_url:
        raise NotJudgedError(f"no fallback webhook at {url}; name the application's: --fallback-url")
    ncco = trial.read_ncco(response)
    if ncco.errors:
        return failed(f"{told(response)}: {ncco.errors[0]}", "an NCCO that keeps the rules")
    names = " + ".join(action.action for action in ncco.actions)
    return passed(f"an NCCO: {names}", "an NCCO that keeps the rules")
