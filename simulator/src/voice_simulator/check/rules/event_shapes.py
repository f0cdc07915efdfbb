"""Rules of the group webhooks: events of other shapes than a status."""

from __future__ import annotations

import asyncio

from ...vonage.leg import Event, Leg, ncco_rejected
from ...vonage.requester import shown
from ..finding import Finding, NotJudgedError, failed, passed, warned
from ..rule import rule
from ..trial import Trial
from .events import TAKEN


async def _require_plain_event(trial: Trial) -> None:
    """Raise NotJudgedError unless an everyday event is taken: then it is another rule that is broken."""
    response = await trial.send_event(trial.new_leg().event("started"))
    if not response.is_success:
        raise NotJudgedError(f"no event is taken (webhooks.events): {shown(response)}")


@rule(
    "webhooks.event-without-status",
    "An event without a status is taken: of a recording, an input, a transfer",
    section="5",
    fix="Read `status` as a field that may be missing.",
)
async def event_without_status(trial: Trial) -> Finding:
    await _require_plain_event(trial)
    shapes = _events_without_status(trial.new_leg())
    responses = await asyncio.gather(*(trial.send_event(event) for event in shapes.values()))
    for name, response in zip(shapes, responses, strict=True):
        if not response.is_success:
            return failed(f"to an event of {name}: {shown(response)}", TAKEN)
    response = await trial.send_event({"type": "audio:record:done", "body": {"event_id": 1}})
    if not response.is_success:
        return warned(f"to an RTC event, which may come to the same URL: {shown(response)}", TAKEN)
    return passed(f"events of {', '.join(shapes)} were taken", TAKEN)


def _events_without_status(leg: Leg) -> dict[str, Event]:
    event = leg.short_event()
    recording = {"recording_url": "https://api.nexmo.com/v1/files/f", "recording_uuid": leg.uuid, "size": "12222"}
    moved = {"conversation_uuid_from": leg.conversation_uuid, "conversation_uuid_to": f"CON-{Leg('', '', '').uuid}"}
    typed = {"dtmf": {"digits": "42", "timed_out": False}, "speech": {"error": "Speech was not enabled"}}
    return {"a recording": event | recording, "an input": event | typed, "a transfer": event | moved}


@rule(
    "webhooks.ncco-rejected",
    "The event that an NCCO was rejected is taken: it has neither a status nor a uuid",
    section="5",
    fix="Log such an event's `reason`: a wrong NCCO is reported in no other way.",
)
async def rejected_ncco(trial: Trial) -> Finding:
    await _require_plain_event(trial)
    response = await trial.send_event(
        ncco_rejected("A test by the conformance kit.", trial.new_leg().conversation_uuid)
    )
    return passed(shown(response), TAKEN) if response.is_success else failed(shown(response), TAKEN)


@rule(
    "webhooks.event-values",
    "Numbers in events may be strings, or null",
    section="5",
    fix="Convert `duration`, `price`, `rate` and the times only if they are there and not null.",
)
async def event_values(trial: Trial) -> Finding:
    """Send the end of a call with its figures in both forms."""
    await _require_plain_event(trial)
    texts = trial.new_leg().completed() | {"duration": "8", "rate": "0.00720000", "price": "0.00120000"}
    figures = ("duration", "rate", "price", "network", "start_time", "end_time")
    nulls = trial.new_leg().completed() | dict.fromkeys(figures)
    for form, event in (("strings", texts), ("null", nulls)):
        response = await trial.send_event(event)
        if not response.is_success:
            return failed(f"with {form}: {shown(response)}", TAKEN)
    return passed("both forms were taken", TAKEN)


EVENT_SHAPES = [event_without_status, rejected_ncco, event_values]
