"""The webhooks that the platform calls: what to do with a call, and what became of it."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from shared.logs import get_logger
from webhooks.address import public_address
from webhooks.config import WebhooksSettings
from webhooks.event import NCCO_REJECTED, parse_event
from webhooks.fallback import parse_failed_answer
from webhooks.fields import read_fields
from webhooks.metrics import app_metrics
from webhooks.ncco import Ncco, apology_ncco, connect, talk
from webhooks.question import parse_question
from webhooks.redaction import redacted

METHODS = ["GET", "POST"]  # which one the platform uses is the account owner's choice

calls = Blueprint("calls", __name__)
log = get_logger("webhooks")


@calls.route("/webhooks/answer", methods=METHODS)
@calls.route("/ncco", methods=METHODS)
def answer() -> Ncco:
    """Greet the caller, then connect the call to the echo engine; the same for a call however often it is asked."""
    settings: WebhooksSettings = current_app.config["SETTINGS"]
    question = parse_question(read_fields(request))
    address = public_address(settings.public_url, request.scheme, request.headers.get("Host", ""))
    app_metrics().calls_answered.inc()
    log.info("call answered", uuid=question.uuid, conversation_uuid=question.conversation_uuid)
    # The connect must stay last: what follows it could run as soon as the socket is up.
    return [
        talk(settings.greeting, settings.greeting_language),
        connect(question, address, settings.audio_format),
    ]


@calls.route("/webhooks/events", methods=METHODS)
@calls.route("/webhooks/event", methods=METHODS)
def events() -> Response:
    """Log and count an event; without a body, for any JSON could be taken for an NCCO."""
    event = parse_event(read_fields(request))
    app_metrics().events.labels(event.kind).inc()
    facts = {
        "status": event.status or event.kind,
        "leg": event.leg,
        "uuid": event.uuid,
        "conversation_uuid": event.conversation_uuid,
        "reason": redacted(event.reason),
    }
    if event.kind == NCCO_REJECTED:
        app_metrics().nccos_rejected.inc()
        log.error("NCCO rejected", **facts)
    else:
        log.info("call event", **facts)
    return Response(status=204)


@calls.route("/webhooks/fallback", methods=METHODS)
def fallback() -> Ncco:
    """Apologise to the caller of a call that the answer webhook failed, and say loudly in the log why."""
    failed = parse_failed_answer(read_fields(request))
    app_metrics().fallbacks.inc()
    log.error(
        "fallback requested",
        reason=redacted(failed.reason),
        original_url=redacted(failed.original_url),
        uuid=failed.uuid,
        conversation_uuid=failed.conversation_uuid,
    )
    return apology_ncco()
