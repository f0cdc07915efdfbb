"""Rules of the group webhooks: questions to the answer webhook, plain and odd ones."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any, Literal

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
    if method == trial.target.method:
        return failed(f"{told(response)}{_advice(trial, response)}", AN_NCCO)
    trial.plain.required()
    return warned(f"{told(response)}; the chosen method, {trial.target.method}, is taken", AN_NCCO)


def _advice(trial: Trial, response: httpx2.Response) -> str:
    if response.status_code not in (401, 403):
        return ""
    known = trial.target.secret is not None
    return "; is the secret the application's?" if known else "; does it want signatures? Set VONAGE_SIGNATURE_SECRET"


async def _answers(trial: Trial, **changes: Any) -> Finding:
    """Judge an odd question, once the plain one has been answered."""
    trial.plain.required()
    response = await trial.ask(**changes)
    if gives_ncco(response):
        return passed("an NCCO", AN_NCCO)
    return failed(told(response), AN_NCCO)


@rule(
    "webhooks.no-caller",
    "A call without a `from` is answered",
    section="1",
    fix="Read `from` as a field that may be missing: request.args.get('from'), not request.args['from'].",
)
async def no_caller(trial: Trial) -> Finding:
    """Leave `from` out."""
    return await _answers(trial, from_=None)


@rule(
    "webhooks.anonymous-caller",
    "A call from `anonymous` is answered",
    section="1",
    fix="Take any text as `from`: a caller who withholds the number is `anonymous`.",
)
async def anonymous_caller(trial: Trial) -> Finding:
    """Withhold the number."""
    return await _answers(trial, from_="anonymous")


@rule(
    "webhooks.sip-caller",
    "A call from a SIP user is answered",
    section="1",
    fix="Take any text as `from`: a SIP caller is a user name or an address, not digits.",
)
async def sip_caller(trial: Trial) -> Finding:
    """Call from a SIP address, with a header of its own."""
    return await _answers(trial, from_="sip:alice@sip.example.com", endpoint_type="sip", **{"SipHeader_X-Line": "7"})


@rule(
    "webhooks.missing-fields",
    "A call is answered whichever field is missing",
    section="1",
    fix="Give every field a default: any of them may be missing, `uuid` and `to` too.",
)
async def missing_fields(trial: Trial) -> Finding:
    """Leave out each field that another rule doesn't, then all that may be missing at once."""
    trial.plain.required()
    names = ("to", "uuid", "conversation_uuid", "region_url", "endpoint_type")
    lacking: list[tuple[str, dict[str, Any]]] = [(f"`{name}`", {name: None}) for name in names]
    lacking.append(("all of these", dict.fromkeys(names)))
    responses = await asyncio.gather(*(trial.ask(**changes) for _, changes in lacking))
    for (what, _), response in zip(lacking, responses, strict=True):
        if not gives_ncco(response):
            return failed(f"without {what}: {told(response)}", AN_NCCO)
    return passed(f"an NCCO without {', '.join(what for what, _ in lacking)}", AN_NCCO)


@rule(
    "webhooks.unknown-fields",
    "Fields that the application doesn't know do no harm",
    section="1",
    fix="Ignore unknown fields: the platform adds new ones without notice.",
)
async def unknown_fields(trial: Trial) -> Finding:
    """Add fields, in the forms that fields have."""
    more = {"custom_data": {"order": 7}, "region": "eu-3", "network": None, "a_new_field": "of tomorrow"}
    return await _answers(trial, **more)


@rule(
    "webhooks.uuid-spelling",
    "A `uuid` is taken with dashes and without",
    section="1",
    fix="Take `uuid` as an opaque text; it comes as 36 characters with dashes and as 32 without.",
)
async def uuid_spelling(trial: Trial) -> Finding:
    """Ask with both spellings."""
    trial.plain.required()
    identity = uuid.uuid4()
    for spelling, text in (("with dashes", str(identity)), ("without dashes", identity.hex)):
        leg = trial.new_leg()
        leg.uuid = text
        response = await trial.ask(leg)
        if not gives_ncco(response):
            return failed(f"{spelling}: {told(response)}", AN_NCCO)
    return passed("an NCCO to both", AN_NCCO)


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


QUESTIONS = [
    get,
    post,
    no_caller,
    anonymous_caller,
    sip_caller,
    missing_fields,
    unknown_fields,
    uuid_spelling,
    asked_twice,
]
