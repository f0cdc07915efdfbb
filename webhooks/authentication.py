"""Refuses the requests that the platform did not sign."""

from __future__ import annotations

from flask import request

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
        # How the platform hashes a GET is not documented well enough to refuse a call for it (docs/platform.md, 7).
        if not matches and (posted or settings.strict_get_signature):
            raise TokenError(Fault.PAYLOAD)
    except TokenError as error:
        metrics.signatures_refused.labels(error.fault.value).inc()
        raise UnsignedError(error.fault) from None
    if not matches:
        log.warning("GET accepted, though its signature is not for these parameters")
