"""The platform's request to the fallback webhook, after the answer webhook gave it no usable NCCO."""

from __future__ import annotations

import json
from dataclasses import dataclass

from werkzeug.exceptions import BadRequest

from webhooks.fields import Fields, read_identifier
from webhooks.redaction import redact

# The platform documents no spelling of `original_request: {url}` in a query (docs/platform.md, 6).
_FLATTENED = ("original_request[url]", "original_request.url", "original_request_url")


@dataclass(frozen=True)
class FailedAnswer:
    """Why the platform asks the fallback; every field may be logged, and none decides anything."""

    reason: str | None  # redacted
    original_url: str | None  # redacted
    uuid: str | None
    conversation_uuid: str | None


def parse_failed_answer(fields: Fields) -> FailedAnswer:
    """Return what the fields tell; a malformed field is left out, since it may be why the answer webhook refused."""
    reason = fields.get("reason")
    return FailedAnswer(
        reason=redact(reason if isinstance(reason, str) else None),
        original_url=redact(_original_url(fields)),
        uuid=_read_identifier_or_none(fields, "uuid"),
        conversation_uuid=_read_identifier_or_none(fields, "conversation_uuid"),
    )


def _original_url(fields: Fields) -> str | None:
    original = fields.get("original_request")
    if isinstance(original, str):
        try:
            original = json.loads(original)
        except (ValueError, RecursionError):
            return None
    urls = [original.get("url")] if isinstance(original, dict) else [fields.get(name) for name in _FLATTENED]
    return next((url for url in urls if isinstance(url, str)), None)


def _read_identifier_or_none(fields: Fields, name: str) -> str | None:
    try:
        return read_identifier(fields, name)
    except BadRequest:
        return None
