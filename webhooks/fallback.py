"""The platform's last question: it asks the fallback when the answer webhook gave it no usable NCCO."""

from __future__ import annotations

import json
from dataclasses import dataclass

from werkzeug.exceptions import BadRequest

from webhooks.fields import Fields, identifier

# How a query spells `original_request: {url}` is not documented.
_FLATTENED = ("original_request[url]", "original_request.url", "original_request_url")


@dataclass(frozen=True)
class FailedAnswer:
    """Why the platform had to ask the fallback, for the log; nothing in it is checked."""

    reason: str | None
    original_url: str | None
    uuid: str | None
    conversation_uuid: str | None


def parse_failed_answer(fields: Fields) -> FailedAnswer:
    """Return what the fields tell; malformed ones are left out: they may be why the answer was refused."""
    reason = fields.get("reason")
    return FailedAnswer(
        reason=reason if isinstance(reason, str) else None,
        original_url=_original_url(fields),
        uuid=_identifier_or_none(fields, "uuid"),
        conversation_uuid=_identifier_or_none(fields, "conversation_uuid"),
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


def _identifier_or_none(fields: Fields, name: str) -> str | None:
    try:
        return identifier(fields, name)
    except BadRequest:
        return None
