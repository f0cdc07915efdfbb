"""The platform's request to the fallback webhook, after the answer webhook or the event webhook has failed it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from werkzeug.exceptions import BadRequest

from shared.identifier import loggable
from webhooks.event import Event, parse_event
from webhooks.fields import Fields, read_identifier, read_text
from webhooks.moves import PlannedConnect, parse_connect
from webhooks.public_address import EVENTS_PATHS
from webhooks.redaction import redact

# The platform documents no spelling of `original_request: {url}` in a query (platform.md, 6).
_FLATTENED = ("original_request[url]", "original_request.url", "original_request_url")


@dataclass(frozen=True)
class FailedRequest:
    """Why the platform asks the fallback; every field may be logged, and none decides anything."""

    reason: str | None  # redacted
    original_url: str | None  # redacted
    uuid: str | None
    conversation_uuid: str | None


def parse_failed_request(fields: Fields) -> FailedRequest:
    """Return what the fields tell; fields that can't be used count as missing."""
    return FailedRequest(
        reason=redact(read_text(fields, "reason")),
        original_url=redact(_original_url(fields)),
        uuid=loggable(read_identifier(fields, "uuid")),
        conversation_uuid=loggable(read_identifier(fields, "conversation_uuid")),
    )


def parse_failed_event(fields: Fields, now: float) -> tuple[Event, PlannedConnect] | None:
    """Return the event that the event webhook failed, with the connect that the event is about.

    Returns None unless the original request went to the event URL of a connect, and the fields hold an event.
    `now` is in seconds since 1970.
    """
    try:
        url = urlsplit(_original_url(fields) or "")
        ended = parse_connect(dict(parse_qsl(url.query)), now) if url.path in EVENTS_PATHS else None
        # The platform's reason for asking has taken the place of the event's own.
        return None if ended is None else (parse_event(fields, about_connect=True), ended)
    except (ValueError, BadRequest):  # the URL is malformed, or there is no event
        return None


def _original_url(fields: Fields) -> str | None:
    original = fields.get("original_request")
    if isinstance(original, str):
        try:
            original = json.loads(original)
        except (ValueError, RecursionError):
            return None
    urls = [original.get("url")] if isinstance(original, dict) else [fields.get(name) for name in _FLATTENED]
    return next((url for url in urls if isinstance(url, str)), None)
