"""Says what the platform is to do with a call: connect it to a socket, move it to another socket, or end it."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from flask import request

from shared.identifier import loggable
from shared.logs import get_logger
from shared.socket_token import CallIdentity, mint_token
from webhooks.authentication import limit_unsigned_answers
from webhooks.context import current_context
from webhooks.event import Event
from webhooks.event_key import fits, make_key
from webhooks.incoming_call import IncomingCall
from webhooks.moves import PlannedConnect, next_connect
from webhooks.ncco import LONGEST_WAIT_SECONDS, Action, Ncco, apology_ncco, connect, talk
from webhooks.public_address import PublicAddress, choose_public_address
from webhooks.schedule import Key
from webhooks.waiting import fill_wait

log = get_logger("webhooks")


def greet_and_connect(call: IncomingCall, now: float) -> Ncco:
    """Return the NCCO that greets the caller, then connects the call to the echo engine; raises BadRequest."""
    context = current_context()
    settings, address = context.settings, _public_address()
    ready = now + context.speech.seconds(settings.greeting)
    planned = _take_turn((call.uuid, "first"), PlannedConnect(ready), now)
    wait_seconds = max(planned.due - ready, 0.0)
    if wait_seconds == 0:
        planned = replace(planned, greeted=now)
    context.metrics.calls_answered.inc()
    log.info("call answered", **_names(call), wait_seconds=round(wait_seconds, 3))
    # The connect stays last: an action after it could run as soon as the socket is up (platform.md, 2.3).
    return [
        talk(settings.greeting, settings.greeting_language),
        *_wait(wait_seconds),
        _connect(call, address, planned, now),
    ]


def move(event: Event, ended: PlannedConnect, now: float) -> Ncco:
    """Return the NCCO that moves a call to another socket, or ends the call after too long without one.

    The caller hears no second greeting. Raises BadRequest, or TooManyRequests for a call that nobody has answered.
    """
    context = current_context()
    settings, metrics = context.settings, context.metrics
    # An event that doesn't name its call may name the conversation; then a duplicate gets the same name.
    uuid = event.call_uuid or event.conversation_uuid or str(uuid4())
    call = IncomingCall(uuid, event.conversation_uuid)
    planned = next_connect(event, ended, call.uuid, now)
    if planned.failures:
        metrics.connects_failed.inc()
    if planned.lost > settings.give_up_seconds:
        metrics.calls_given_up.inc()
        lost = round(planned.lost, 3)
        log.error("call given up", **_names(call), seconds_without_socket=lost, failures=planned.failures)
        return apology_ncco()
    address = _public_address()
    planned = replace(planned, key=_proven_key(call, ended), silent_since=_silent_since(planned, ended, now))
    planned = _take_turn((call.uuid, ended.name), planned, now)
    wait_seconds = max(planned.due - now, 0.0)
    metrics.calls_moved.inc()
    log.info("call moved", **_names(call), failures=planned.failures, wait_seconds=round(wait_seconds, 3))
    return [*_wait(wait_seconds), _connect(call, address, planned, now)]


def _silent_since(planned: PlannedConnect, ended: PlannedConnect, now: float) -> float:
    """Return when the call lost the last socket that worked."""
    return now if planned.failures == 0 or ended.silent_since is None else ended.silent_since


def _proven_key(call: IncomingCall, ended: PlannedConnect) -> str | None:
    """Return the key of an event URL if it is the call's; else count the move like the answer to an unsigned question.

    The key has all names of the call, also those that the event lacks. Raises TooManyRequests.
    """
    secrets = current_context().socket_secrets
    if fits(ended.key, call.uuid, secrets):
        return ended.key
    if secrets:  # a token will be minted
        limit_unsigned_answers()
    return None


def _take_turn(key: Key, planned: PlannedConnect, now: float) -> PlannedConnect:
    """Return the connect with its slot as the time when it is due."""
    context = current_context()
    slot = context.schedule.reserve(key, planned.due, now)
    if slot > planned.due:
        context.metrics.connects_paced.inc()
        context.metrics.pacing_wait_seconds.inc(slot - planned.due)
    return replace(planned, due=min(slot, now + LONGEST_WAIT_SECONDS))


def _wait(seconds: float) -> Ncco:
    context = current_context()
    text, language = context.settings.wait_text, context.settings.greeting_language
    return fill_wait(seconds, talk(text, language), context.speech.seconds(text))


def _connect(call: IncomingCall, address: PublicAddress, planned: PlannedConnect, now: float) -> Action:
    context = current_context()
    settings, secrets = context.settings, context.socket_secrets
    identity = CallIdentity(call.uuid, call.conversation_uuid)
    lifetime = max(planned.due - now, 0.0) + settings.socket_token_seconds
    token = mint_token(identity, secrets, now, lifetime) if secrets else None
    if secrets and settings.signature_policy is None and planned.key is None:
        names = [call.uuid] if call.conversation_uuid is None else [call.uuid, call.conversation_uuid]
        planned = replace(planned, key=make_key(names, secrets))
    return connect(call, address, settings.audio_format, planned, token, signed=settings.socket_auth == "vonage")


def _public_address() -> PublicAddress:
    settings = current_context().settings
    return choose_public_address(settings.public_url, request.scheme, request.headers.get("Host", ""))


def _names(call: IncomingCall) -> dict[str, str | None]:
    return {"uuid": loggable(call.uuid), "conversation_uuid": loggable(call.conversation_uuid)}
