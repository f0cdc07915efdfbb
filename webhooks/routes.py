"""The webhooks that the platform calls: what to do with a call, and what became of it."""

from __future__ import annotations

import time
from uuid import uuid4

from flask import Blueprint, Response, current_app, request

from shared.logs import get_logger
from shared.signed_token import Fault, TokenError
from shared.socket_token import CallIdentity, mint_token
from webhooks.errors import UnsignedError
from webhooks.event import NCCO_REJECTED, Event, parse_event
from webhooks.fallback import parse_failed_answer
from webhooks.fields import read_body, read_fields
from webhooks.incoming_call import Question, parse_question
from webhooks.metrics import app_metrics
from webhooks.moves import Attempt, needs_socket, next_attempt, parse_attempt
from webhooks.ncco import Action, Ncco, apology_ncco, connect, talk
from webhooks.public_address import public_address
from webhooks.redaction import redacted
from webhooks.settings import WebhooksSettings
from webhooks.signature import SignaturePolicy, check_signature, query_payload

METHODS = ["GET", "POST"]  # which one the platform uses is the account owner's choice

calls = Blueprint("calls", __name__)
log = get_logger("webhooks")


@calls.before_request
def require_signature() -> None:
    """Refuse a request that the platform didn't sign, if its signature secret is known."""
    settings: WebhooksSettings = current_app.config["SETTINGS"]
    if settings.signature_secret is None:
        return
    policy = SignaturePolicy(settings.signature_secret, settings.vonage_api_key, settings.vonage_application_id)
    posted = request.method == "POST"
    payload = read_body(request) if posted else query_payload(request.query_string)
    try:
        matches = check_signature(policy, request.headers.getlist("Authorization"), payload, time.time())
        # How the platform hashes a GET is not documented well enough to refuse a call for it.
        if not matches and (posted or settings.strict_get_signature):
            raise TokenError(Fault.PAYLOAD)
    except TokenError as error:
        app_metrics().signatures_refused.labels(error.fault.value).inc()
        raise UnsignedError(error.fault) from None
    if not matches:
        log.warning("GET accepted, though its signature is not for these parameters")


@calls.route("/webhooks/answer", methods=METHODS)
@calls.route("/ncco", methods=METHODS)
def answer() -> Ncco:
    """Greet the caller, then connect the call to the echo engine; the same for a call however often it is asked."""
    settings: WebhooksSettings = current_app.config["SETTINGS"]
    question = parse_question(read_fields(request))
    action = _connect(question, Attempt(1, time.time()))
    app_metrics().calls_answered.inc()
    log.info("call answered", uuid=question.uuid, conversation_uuid=question.conversation_uuid)
    # The connect must stay last: what follows it could run as soon as the socket is up.
    return [talk(settings.greeting, settings.greeting_language), action]


@calls.route("/webhooks/events", methods=METHODS)
@calls.route("/webhooks/event", methods=METHODS)
def events() -> Response | Ncco:
    """Log and count an event; give a call that lost its socket another one."""
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
    attempt = parse_attempt(request.args)
    if attempt is not None and needs_socket(event):
        return _hand_over(event, attempt)
    return Response(status=204)  # without a body, for any JSON could be taken for an NCCO


def _hand_over(event: Event, failed: Attempt) -> Ncco:
    """Connect a call to a socket again, without a greeting, or give it up with an apology."""
    settings: WebhooksSettings = current_app.config["SETTINGS"]
    attempt = next_attempt(event, failed, time.time(), settings.max_attempts)
    call = Question(event.call_uuid or str(uuid4()), event.conversation_uuid)
    facts = {"uuid": call.uuid, "conversation_uuid": call.conversation_uuid}
    if attempt is None:
        app_metrics().calls_given_up.inc()
        log.error("call given up", **facts, attempts=failed.number)
        return apology_ncco()
    app_metrics().calls_moved.inc()
    log.info("call moved", **facts, attempt=attempt.number)
    return [_connect(call, attempt)]


def _connect(question: Question, attempt: Attempt) -> Action:
    settings: WebhooksSettings = current_app.config["SETTINGS"]
    secrets: tuple[str, ...] = current_app.extensions["socket_secrets"]
    address = public_address(settings.public_url, request.scheme, request.headers.get("Host", ""))
    call = CallIdentity(question.uuid, question.conversation_uuid)
    token = mint_token(call, secrets, time.time(), settings.socket_token_seconds) if secrets else None
    return connect(question, address, settings.audio_format, attempt, token)


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
