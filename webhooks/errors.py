"""Refused requests: a JSON body that says what was wrong, a log line, a count."""

from __future__ import annotations

import json

from flask import request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from shared.logs import get_logger
from webhooks.fields import MAX_BODY_BYTES
from webhooks.metrics import app_metrics
from webhooks.redaction import redacted

log = get_logger("webhooks")

# In place of werkzeug's descriptions, which speak to someone at a browser.
_DESCRIPTIONS = {
    404: "there is nothing at this path; the webhooks are /webhooks/answer, /webhooks/events and /webhooks/fallback",
    405: "this path does not take this method; the Allow header lists those that it takes",
    413: f"the body is too large; send at most {MAX_BODY_BYTES} bytes",
    500: "the server failed to handle the request; its log says why",
}


def refuse(error: HTTPException) -> Response:
    """Return an HTTP error as `{"error": …}` with the status and the headers that belong to it."""
    response = error.get_response()
    status = response.status_code
    description = _DESCRIPTIONS.get(status) or error.description
    response.data = json.dumps({"error": description})
    response.content_type = "application/json"
    app_metrics().requests_refused.labels(status).inc()
    if status < 500:  # Flask has logged our own faults, with the traceback
        log.warning("request refused", status=status, path=redacted(request.path), reason=description)
    return response
