"""Rules of the group webhooks: events."""

from __future__ import annotations

from ...vonage.event_answers import has_json, is_ncco
from ...vonage.requester import shown
from ..finding import Finding, NotJudgedError, failed, passed, warned
from ..rule import rule
from ..trial import Trial

STATUSES = (
    "started", "ringing", "answered", "human", "machine", "busy", "cancelled", "unanswered", "disconnected",
    "rejected", "failed", "timeout", "transcribed", "completed",
)  # fmt: skip
TAKEN = "204 or 200"


@rule(
    "webhooks.events",
    "Every event is taken",
    section="5",
    fix="Answer each event with 204 and no body, whatever its `status`. Another URL is named with --event-url.",
)
async def events(trial: Trial) -> Finding:
    leg = trial.new_leg()
    responses = [await trial.send_event(leg.event(status)) for status in STATUSES]  # in order: see events-any-order
    for status, response in zip(STATUSES, responses, strict=True):
        if response.has_redirect_location:
            raise NotJudgedError(f"the event webhook redirects (deployment.redirect): {shown(response)}")
        if not response.is_success:
            return failed(f"to {status}: {shown(response)}", TAKEN)
    others = [f"{response.status_code} to {status}" for status, response in zip(STATUSES, responses, strict=True)
              if response.status_code not in (200, 204)]  # fmt: skip
    if others:
        return warned(f"{others[0]}" + (f", and to {len(others) - 1} more" if others[1:] else ""), TAKEN)
    return passed(f"{responses[0].status_code} to each of {len(STATUSES)} events", TAKEN)


@rule(
    "webhooks.events-twice",
    "An event that comes twice is taken twice",
    section="5",
    fix="Answer a repeated event like the first one: the platform sends duplicates, and retries.",
)
async def events_twice(trial: Trial) -> Finding:
    leg = trial.new_leg()
    for event in (leg.event("started"), leg.event("ringing"), leg.answered(), leg.completed()):
        for nth in ("first", "second"):
            response = await trial.send_event(event)
            if response.is_success:
                continue
            if nth == "first":
                raise NotJudgedError(f"the event {event['status']} isn't taken at all: {shown(response)}")
            return failed(f"to the {nth} {event['status']}: {shown(response)}", TAKEN)
    return passed("each of 4 events was taken twice", TAKEN)


@rule(
    "webhooks.events-any-order",
    "Events are taken in any order",
    section="5",
    fix="Rely on no order: `completed` may come before `answered`, and an event for a call that has ended.",
)
async def events_any_order(trial: Trial) -> Finding:
    """Send a call's events backwards; where one isn't taken, see whether it is taken in its place."""
    leg, other = trial.new_leg(), trial.new_leg()
    forwards = [leg.event("started"), leg.event("ringing"), leg.answered(), leg.completed()]
    for event in reversed(forwards):
        response = await trial.send_event(event)
        if response.is_success:
            continue
        for same in (other.event("started"), other.event("ringing"), other.answered(), other.completed()):
            if not (in_order := await trial.send_event(same)).is_success:
                raise NotJudgedError(f"{same['status']} isn't taken in its place either: {shown(in_order)}")
        return failed(f"to {event['status']}, sent too late: {shown(response)}", TAKEN)
    return passed("4 events were taken backwards", TAKEN)


@rule(
    "webhooks.no-json-on-events",
    "No JSON answers an event that waits for none",
    section="5",
    fix="Answer with 204 and no body: an array is taken for an NCCO, and then replaces the call.",
)
async def no_json_on_events(trial: Trial) -> Finding:
    """Fail if an NCCO answers a synchronous event that asks for none; other JSON does no harm, and is a warning."""
    expected = "204, or no JSON"
    if finding := await _json_on_synchronous_events(trial, expected):
        return finding
    leg = trial.new_leg()
    for event in (leg.event("started"), leg.event("ringing"), leg.answered()):
        response = await trial.send_event(event)
        if response.is_success and has_json(response):
            return warned(f"to {event['status']}: {shown(response)}", expected)
    return passed("no JSON", expected)


async def _json_on_synchronous_events(trial: Trial, expected: str) -> Finding | None:
    """Return what is wrong about the answers to the events of a connect that ask for no NCCO, if anything is."""
    try:
        call = await trial.place_call()
    except NotJudgedError:  # without a socket, no event is synchronous
        return None
    if not call.connect.is_synchronous:
        return None
    leg = call.socket_leg()
    for event in (leg.event("ringing"), leg.answered()):
        response = await call.send_event(event, call.connect)
        seen = f"to the synchronous {event['status']}: {shown(response)}"
        if is_ncco(response):
            return failed(seen, expected)
        if response.is_success and has_json(response):
            return warned(seen, expected)
    return None


EVENTS = [
    events,
    events_twice,
    events_any_order,
    no_json_on_events,
]
