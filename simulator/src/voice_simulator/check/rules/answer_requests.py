"""Rules of the group webhooks: plain requests to the answer and fallback webhooks."""

from __future__ import annotations

from typing import Literal

import httpx2

from ...vonage.requester import shown
from ..finding import Finding, NotJudgedError, failed, passed, skipped, warned
from ..first_answer import gives_ncco
from ..rule import rule
from ..trial import Trial

NOT_THERE = (404, 405)
AN_NCCO = "an NCCO: status 200 and a JSON array of actions"


@rule(
    "webhooks.get",
    "The answer webhook takes GET, with the fields as query parameters",
    section="1",
    fix="Let the answer webhook's route take GET, or set the application's answer method to POST (--method POST).",
)
async def get(trial: Trial) -> Finding:
    """Fail only if GET is the method that the owner has chosen."""
    return await _takes(trial, "GET")


@rule(
    "webhooks.post",
    "The answer webhook takes POST, with the fields as JSON",
    section="1",
    fix="Let the answer webhook's route take POST and read JSON, or keep the application's answer method at GET.",
)
async def post(trial: Trial) -> Finding:
    """Fail only if POST is the method that the owner has chosen."""
    return await _takes(trial, "POST")


async def _takes(trial: Trial, method: Literal["GET", "POST"]) -> Finding:
    response = await trial.request_answer(method=method)
    if gives_ncco(response):
        return passed(f"an NCCO to {method}", AN_NCCO)
    if response.has_redirect_location:
        return skipped(f"the answer is a redirect (deployment.redirect): {shown(response)}")
    if method == trial.application.method:
        return failed(f"{shown(response)}{_advice(trial, response)}", AN_NCCO)
    trial.first_answer.required()
    return warned(f"{shown(response)}; the chosen method, {trial.application.method}, is taken", AN_NCCO)


def _advice(trial: Trial, response: httpx2.Response) -> str:
    if response.status_code not in (401, 403):
        return ""
    known = trial.application.signature_secret is not None
    return "; is the secret the application's?" if known else "; does it want signatures? Set VONAGE_SIGNATURE_SECRET"


@rule(
    "webhooks.repeated-request",
    "The same request sent twice gets the same answer",
    section="6",
    fix="Answer by the request only; the platform sends it again after a time-out, a reset, a 429, 503 or 504.",
)
async def repeated_request(trial: Trial) -> Finding:
    """Compare what the two answers do: tokens and times may differ."""
    trial.first_answer.required()
    leg = trial.new_leg()
    answers = [await trial.request_answer(leg) for _ in range(2)]
    for nth, answer in zip(("first", "second"), answers, strict=True):
        if not gives_ncco(answer):
            return failed(f"the {nth} time: {shown(answer)}", AN_NCCO)
    first, second = (_outline(answer) for answer in answers)
    expected = f"twice {first}"
    return passed(expected, expected) if first == second else warned(f"{first}, then {second}", expected)


def _outline(response: httpx2.Response) -> str:
    return " + ".join(str(action.get("action")) for action in response.json()) or "no action"


@rule(
    "webhooks.fallback",
    "The fallback webhook answers with an NCCO when the answer webhook has failed",
    section="6",
    fix="Answer the fallback URL with an NCCO that needs nothing which may be down: a talk is enough.",
)
async def fallback(trial: Trial) -> Finding:
    """Request it as the platform does after a failure, with the reason and the original request."""
    original = {"url": trial.application.answer_url, "type": trial.application.method}
    reason = "Connection closed."
    url = trial.application.fallback_webhook
    response = await trial.request_answer(url=url, reason=reason, original_request=original)
    if response.status_code in NOT_THERE and not trial.application.fallback_url:
        raise NotJudgedError(f"no fallback webhook at {url}; name the application's: --fallback-url")
    ncco = trial.read_ncco(response)
    if ncco.errors:
        return failed(f"{shown(response)}: {ncco.errors[0]}", "an NCCO that keeps the rules")
    names = " + ".join(action.action for action in ncco.actions)
    return passed(f"an NCCO: {names}", "an NCCO that keeps the rules")


ANSWER_REQUESTS = [get, post, repeated_request]
