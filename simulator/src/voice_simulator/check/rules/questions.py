"""Rules of the group webhooks: plain questions to the answer webhook."""

from __future__ import annotations

from typing import Literal

import httpx2

from ..finding import Finding, failed, passed, skipped, warned
from ..plain_answer import gives_ncco, told
from ..rule import rule
from ..trial import Trial

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
    response = await trial.ask(method=method)
    if gives_ncco(response):
        return passed(f"an NCCO to {method}", AN_NCCO)
    if response.has_redirect_location:
        return skipped(f"the answer is a redirect (deployment.redirect): {told(response)}")
    if method == trial.application.method:
        return failed(f"{told(response)}{_advice(trial, response)}", AN_NCCO)
    trial.plain.required()
    return warned(f"{told(response)}; the chosen method, {trial.application.method}, is taken", AN_NCCO)


def _advice(trial: Trial, response: httpx2.Response) -> str:
    if response.status_code not in (401, 403):
        return ""
    known = trial.application.signature_secret is not None
    return "; is the secret the application's?" if known else "; does it want signatures? Set VONAGE_SIGNATURE_SECRET"


@rule(
    "webhooks.asked-twice",
    "The same question asked twice gets the same answer",
    section="6",
    fix="Answer by the question alone; the platform asks again after a time-out, a reset, a 429, 503 or 504.",
)
async def asked_twice(trial: Trial) -> Finding:
    """Compare what the two answers do: tokens and times may differ."""
    trial.plain.required()
    leg = trial.new_leg()
    answers = [await trial.ask(leg) for _ in range(2)]
    for nth, answer in zip(("first", "second"), answers, strict=True):
        if not gives_ncco(answer):
            return failed(f"the {nth} time: {told(answer)}", AN_NCCO)
    first, second = (_outline(answer) for answer in answers)
    expected = f"twice {first}"
    return passed(expected, expected) if first == second else warned(f"{first}, then {second}", expected)


def _outline(response: httpx2.Response) -> str:
    return " + ".join(str(action.get("action")) for action in response.json()) or "no action"


QUESTIONS = [get, post, asked_twice]
