"""Says what the platform is to do with a call: connect it to a socket, move it to another socket, or end it."""

from __future__ import annotations

from uuid import uuid4

from flask import request

from shared.logs import get_logger
from shared.socket_token import CallIdentity, mint_token
from webhooks.context import current_context
from webhooks.event import Event
from webhooks.incoming_call import IncomingCall
from webhooks.moves import Attempt, next_attempt
from webhooks.ncco import Action, Ncco, apology_ncco, connect, talk
from webhooks.public_address import choose_public_address

log = get_logger("webhooks")


def greet_and_connect(call: IncomingCall, now: float) -> Ncco:
    """Return the NCCO that greets the caller, then connects the call to the echo engine; raises BadRequest."""
    settings = current_context().settings
    # The connect stays last: an action after it could run as soon as the socket is up (docs/platform.md, 2.3).
    return [talk(settings.greeting, settings.greeting_language), _connect(call, Attempt(1, now), now)]


def move(event: Event, failed: Attempt, now: float) -> Ncco:
    """Return the NCCO that moves a call to another socket, or ends it after too many failures in a row.

    The caller hears no second greeting. Raises BadRequest.
    """
    context = current_context()
    call = IncomingCall(event.call_uuid or str(uuid4()), event.conversation_uuid)
    attempt = next_attempt(event, failed, now, context.settings.max_attempts)
    names = {"uuid": call.uuid, "conversation_uuid": call.conversation_uuid}
    if attempt is None:
        context.metrics.calls_given_up.inc()
        log.error("call given up", **names, attempts=failed.number)
        return apology_ncco()
    context.metrics.calls_moved.inc()
    log.info("call moved", **names, attempt=attempt.number)
    return [_connect(call, attempt, now)]


def _connect(call: IncomingCall, attempt: Attempt, now: float) -> Action:
    context = current_context()
    settings, secrets = context.settings, context.socket_secrets
    address = choose_public_address(settings.public_url, request.scheme, request.headers.get("Host", ""))
    identity = CallIdentity(call.uuid, call.conversation_uuid)
    token = mint_token(identity, secrets, now, settings.socket_token_seconds) if secrets else None
    return connect(call, address, settings.audio_format, attempt, token)
