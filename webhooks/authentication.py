"""Refuses the requests that the platform did not sign; or, where anyone may ask, those that are too many."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import TooManyRequests

from shared.logs import get_logger
from shared.signed_token import Fault, TokenError
from webhooks.context import current_context, request_time
from webhooks.errors import UnsignedError
from webhooks.fields import read_body
from webhooks.signature import check_signature, query_payload

log = get_logger("webhooks")


def require_signature() -> None:
    """Refuse the current request unless the platform signed it; without a signature secret, let every request pass.

    Raises UnsignedError, or what `read_body` raises.
    """
    settings, metrics = current_context().settings, current_context().metrics
    policy = settings.signature_policy
    if policy is None:
        return
    posted = request.method == "POST"
    payload = read_body(request) if posted else query_payload(request.query_string)
    try:
        matches = check_signature(policy, request.headers.getlist("Authorization"), payload, request_time())
        # How the platform hashes a GET is not documented well enough to refuse a call for it (platform.md, 7).
        if not matches and (posted or settings.strict_get_signature):
            raise TokenError(Fault.PAYLOAD)
    except TokenError as error:
        metrics.signatures_refused.labels(error.fault.value).inc()
        raise UnsignedError(error.fault) from None
    if not matches:
        log.warning("GET accepted, though its signature is not for these parameters")


def limit_unsigned_answers() -> None:
    """Refuse the current request if its answer would be one too many; with a signature secret, refuse none.

    Raises TooManyRequests.
    """
    context = current_context()
    if context.settings.signature_policy is not None:
        return
    address = context.proxies.client_address(request.remote_addr or "", request.headers.get("X-Forwarded-For", ""))
    refusal = context.unsigned_rate.spend(address, request_time())
    if refusal is not None:
        context.metrics.answers_refused.labels(refusal.limit).inc()
        raise TooManyRequests("too many unsigned questions; ask again later", retry_after=refusal.retry_after_seconds)
