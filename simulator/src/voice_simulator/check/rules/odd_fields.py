"""Rules of the group webhooks: requests to the answer webhook with something odd in their fields."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from ...vonage.requester import shown
from ..finding import Finding, failed, passed
from ..first_answer import gives_ncco
from ..rule import rule
from ..trial import Trial
from .answer_requests import AN_NCCO


async def _answers(trial: Trial, **changes: Any) -> Finding:
    """Judge an odd request, if the check's first one was answered."""
    trial.first_answer.required()
    response = await trial.request_answer(**changes)
    if gives_ncco(response):
        return passed("an NCCO", AN_NCCO)
    return failed(shown(response), AN_NCCO)


@rule(
    "webhooks.no-caller",
    "A call without a `from` is answered",
    section="1",
    fix="Read `from` as a field that may be missing: request.args.get('from'), not request.args['from'].",
)
async def no_caller(trial: Trial) -> Finding:
    return await _answers(trial, from_=None)


@rule(
    "webhooks.anonymous-caller",
    "A call from `anonymous` is answered",
    section="1",
    fix="Take any text as `from`: a caller who withholds the number is `anonymous`.",
)
async def anonymous_caller(trial: Trial) -> Finding:
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
    trial.first_answer.required()
    names = ("to", "uuid", "conversation_uuid", "region_url", "endpoint_type")
    lacking: list[tuple[str, dict[str, Any]]] = [(f"`{name}`", {name: None}) for name in names]
    lacking.append(("all of these", dict.fromkeys(names)))
    responses = await asyncio.gather(*(trial.request_answer(**changes) for _, changes in lacking))
    for (what, _), response in zip(lacking, responses, strict=True):
        if not gives_ncco(response):
            return failed(f"without {what}: {shown(response)}", AN_NCCO)
    return passed(f"an NCCO without {', '.join(what for what, _ in lacking)}", AN_NCCO)


@rule(
    "webhooks.unknown-fields",
    "Fields that the application doesn't know do no harm",
    section="1",
    fix="Ignore unknown fields: the platform adds new ones without notice.",
)
async def unknown_fields(trial: Trial) -> Finding:
    more = {"custom_data": {"order": 7}, "region": "eu-3", "network": None, "a_new_field": "of tomorrow"}
    return await _answers(trial, **more)


@rule(
    "webhooks.uuid-spelling",
    "A `uuid` is taken with dashes and without",
    section="1",
    fix="Take `uuid` as an opaque text; it comes as 36 characters with dashes and as 32 without.",
)
async def uuid_spelling(trial: Trial) -> Finding:
    trial.first_answer.required()
    identity = uuid.uuid4()
    for spelling, text in (("with dashes", str(identity)), ("without dashes", identity.hex)):
        leg = trial.new_leg()
        leg.uuid = text
        response = await trial.request_answer(leg)
        if not gives_ncco(response):
            return failed(f"{spelling}: {shown(response)}", AN_NCCO)
    return passed("an NCCO to both", AN_NCCO)


ODD_FIELDS = [no_caller, anonymous_caller, sip_caller, missing_fields, unknown_fields, uuid_spelling]
