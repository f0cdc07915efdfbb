"""The webhooks that the platform calls: what to do with a call, and what became of it."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, request

from shared.logs import get_logger
from webhooks.answers import greet_and_connect, move
from webhooks.authentication import require_signature
from webhooks.context import current_context, request_time
from webhooks.event import NCCO_REJECTED, parse_event
from webhooks.fallback import parse_failed_answer
from webhooks.fields import read_fields
from webhooks.incoming_call import parse_incoming_call
from webhooks.moves import needs_socket, parse_attempt
from webhooks.ncco import Ncco, apology_ncco

METHODS = ["GET", "POST"]  # the account's owner chooses which one the platform uses

calls = Blueprint("calls", __name__)
calls.before_request(require_signature)
log = get_logger("webhooks")


@calls.route("/webhooks/answer", methods=METHODS)
@calls.route("/ncco", methods=METHODS)
def answer() -> Ncco:
    """Greet the caller, then connect the call to the echo engine; a repeated request gets the same answer."""
    call = parse_incoming_call(read_fields(request))
    ncco = greet_and_connect(call, request_time())
    current_context().metrics.calls_answered.inc()
    log.info("call answered", uuid=call.uuid, conversation_uuid=call.conversation_uuid)
    return ncco


@calls.route("/webhooks/events", methods=METHODS)
@calls.route("/webhooks/event", methods=METHODS)
def events() -> Response | Ncco:
    """Log and count an event; move a call that has lost its socket."""
    event = parse_event(read_fields(request))
    metrics = current_context().metrics
    metrics.events.labels(event.kind).inc()
    if event.kind == NCCO_REJECTED:
        metrics.nccos_rejected.inc()
        log.error("NCCO rejected", **event.log_fields)
    else:
        log.info("call event", **event.log_fields)
    attempt = parse_attempt(request.args)
    if attempt is not None and needs_socket(event):
        return move(event, attempt, request_time())
    return Response(status=204)  # without a body: the platform could take any JSON for an NCCO


@calls.route("/webhooks/fallback", methods=METHODS)
def fallback() -> Ncco:
    """Apologise to the caller of a call that the answer webhook failed; the log says why it failed."""
    failed = parse_failed_answer(read_fields(request))
    current_context().metrics.fallbacks.inc()
    log.error("fallback requested", **asdict(failed))
    return apology_ncco()
