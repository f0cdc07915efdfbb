"""The webhooks that the platform calls: what to do with a call, and what became of it."""

from __future__ import annotations

from dataclasses import asdict
from time import perf_counter

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import BadRequest

from shared.logs import get_logger
from webhooks.answers import greet_and_connect, move
from webhooks.authentication import limit_unsigned_answers, require_signature
from webhooks.context import current_context, request_time
from webhooks.event import NCCO_REJECTED, Event, parse_event
from webhooks.fallback import parse_failed_event, parse_failed_request
from webhooks.fields import Fields, read_fields, unusable_fields
from webhooks.incoming_call import parse_incoming_call
from webhooks.moves import PlannedConnect, greeting_seconds, needs_socket, parse_connect, silence_seconds
from webhooks.ncco import Ncco, apology_ncco

METHODS = ["GET", "POST"]  # the account's owner chooses which one the platform uses

calls = Blueprint("calls", __name__)
log = get_logger("webhooks")


@calls.before_request
def start_timing() -> None:
    """Note when the request began to be served."""
    g.begun = perf_counter()


calls.before_request(require_signature)


@calls.after_request
def measure_answer(response: Response) -> Response:
    """Observe how long the answer webhook took, with refusals."""
    if request.endpoint == f"calls.{answer.__name__}":
        current_context().metrics.answer_seconds.observe(perf_counter() - g.begun)
    return response


@calls.route("/webhooks/answer", methods=METHODS)
@calls.route("/ncco", methods=METHODS)
def answer() -> Ncco:
    """Greet the caller, then connect the call to the echo engine; a repeated request gets the same answer."""
    limit_unsigned_answers()
    return greet_and_connect(parse_incoming_call(_read_fields()), request_time())


@calls.route("/webhooks/events", methods=METHODS)
@calls.route("/webhooks/event", methods=METHODS)
def events() -> Response | Ncco:
    """Log and count an event; move a call that has lost its socket."""
    fields, now = _read_fields(), request_time()
    ended = parse_connect(request.args, now)
    event = parse_event(fields, about_connect=ended is not None)
    context = current_context()
    context.metrics.events.labels(event.kind).inc()
    if event.kind == NCCO_REJECTED:
        context.metrics.nccos_rejected.inc()
        log.error("NCCO rejected", **event.log_fields)
    else:
        log.info("call event", **event.log_fields)
    _learn(event, ended, now)
    return _reply(event, ended, now)


@calls.route("/webhooks/fallback", methods=METHODS)
def fallback() -> Response | Ncco:
    """Stand in for the event webhook, or apologise to a caller that the answer webhook failed; the log says why."""
    fields, now = _read_fields(), request_time()
    current_context().metrics.fallbacks.inc()
    log.error("fallback requested", **asdict(parse_failed_request(fields)))
    failed = parse_failed_event(fields, now)
    try:
        return apology_ncco() if failed is None else _reply(*failed, now)
    except BadRequest:  # without a public address, the call can't move
        return apology_ncco()


def _read_fields() -> Fields:
    """Return the fields of the request, and log those that can't be used: a call is worth more than a field."""
    fields = read_fields(request)
    if unusable := unusable_fields(fields):
        log.warning("fields ignored", fields=unusable)
    return fields


def _learn(event: Event, connect: PlannedConnect | None, now: float) -> None:
    context = current_context()
    if event.leg == "phone" and event.kind == "completed" and event.uuid is not None:
        context.schedule.release(event.uuid, now)  # nobody waits any more
    if connect is not None and (seconds := greeting_seconds(event, connect, now)) is not None:
        context.speech.measure(seconds)
    if connect is not None and (silence := silence_seconds(event, connect, now)) is not None:
        context.metrics.move_silence_seconds.observe(silence)


def _reply(event: Event, ended: PlannedConnect | None, now: float) -> Response | Ncco:
    if ended is not None and needs_socket(event):
        return move(event, ended, now)
    return Response(status=204)  # without a body: the platform could take any JSON for an NCCO
