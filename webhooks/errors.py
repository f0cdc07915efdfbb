"""Answers a refused request with a JSON body that says what was wrong, and logs and counts it."""

from __future__ import annotations

import json

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from shared.logs import get_logger
from webhooks.authentication import UnsignedError
from webhooks.metrics import Metrics
from webhooks.request_fields import MAX_BODY_BYTES

log = get_logger("webhooks")

# Werkzeug's own descriptions are meant for people at a browser.
_DESCRIPTIONS = {
    404: "there is nothing at this path; the webhooks are /webhooks/answer, /webhooks/events and /webhooks/fallback",
    405: "this path does not accept this method; the Allow header lists those that it accepts",
    413: f"the body is too large; send at most {MAX_BODY_BYTES} bytes",
    500: "the server failed to handle the request; its log says why",
}


def refuse(metrics: Metrics, error: HTTPException) -> Response:
    """Return the response to an HTTP error: its status and headers, and the body `{"error": …}`."""
    response = error.get_response()
    status = response.status_code
    description = _DESCRIPTIONS.get(status) or error.description
    response.data = json.dumps({"error": description})
    response.content_type = "application/json"
    metrics.requests_refused.labels(status).inc()
    if status < 500:  # Flask logs our own faults, with a traceback
        reason = f"signature: {error.fault.value}" if isinstance(error, UnsignedError) else description
        log.warning("request refused", status=status, path=_known_path(), reason=reason)
    return response


def _known_path() -> str:
    """Return the path of the request if it is one of ours; any other may contain a phone number or a token."""
    known = {rule.rule for rule in current_app.url_map.iter_rules()}
    return request.path if request.path in known else "unknown"
