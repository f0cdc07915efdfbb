"""What the platform sends: an incoming call, an event, or a request that one of the webhooks failed to answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from shared.identifier import loggable
from webhooks.fields import Fields, read_identifier, read_number, read_text
from webhooks.public_address import ANSWER_PATHS, EVENTS_PATHS, FALLBACK_PATHS
from webhooks.redaction import known_words

# platform.md, 5
STATUSES = (
    "started", "ringing", "answered", "busy", "cancelled", "unanswered", "disconnected", "rejected", "failed",
    "timeout", "human", "machine", "completed", "transcribed",
)  # fmt: skip
NCCO_REJECTED = "ncco_rejected"
NCCO_REJECTED_REASON = "Syntax error in NCCO"  # how the reason begins
CONNECT_REFUSED = "connect_refused"
OTHER = "other"
UNKNOWN = "unknown"  # logged for a status that isn't in STATUSES
# The field that identifies an event without a status.
SHAPES = {
    "conversation_uuid_from": "transfer", "recording_url": "record", "dtmf": "input", "speech": "input",
    "type": "rtc",  # of the platform's other event stream, {"type": "audio:record:done", "body": {…}}
}  # fmt: skip
KINDS = (*STATUSES, *dict.fromkeys(SHAPES.values()), NCCO_REJECTED, CONNECT_REFUSED, OTHER)
_NUMBER = re.compile(r"[+ ]?[0-9]+")
# How `original_request: {url}` looks in a query is undocumented (platform.md, 6).
_FLATTENED = ("original_request[url]", "original_request.url", "original_request_url")


@dataclass(frozen=True)
class IncomingCall:
    """A call that needs an answer; any field may be missing from its request (platform.md, 1)."""

    uuid: str  # generated for a call without one, so that the logs of both processes use the same name
    conversation_uuid: str | None = None
    to: str | None = None  # the called number


def parse_incoming_call(fields: Fields) -> IncomingCall:
    """Return the call in a request's fields; unusable fields count as missing, and `from` is never used."""
    return IncomingCall(
        uuid=read_identifier(fields, "uuid") or str(uuid4()),
        conversation_uuid=read_identifier(fields, "conversation_uuid"),
        to=read_number(fields, "to"),
    )


@dataclass(frozen=True)
class Event:
    """An event: what happened to a call, or to an NCCO."""

    kind: str  # one of KINDS
    status: str | None  # one of STATUSES, or "unknown"; None for an event without one
    leg: Literal["phone", "websocket"] | None
    uuid: str | None  # of this leg
    conversation_uuid: str | None
    reason: str | None  # known words only

    @property
    def log_fields(self) -> dict[str, str | None]:
        """The fields of the event's log line: only known values and those with a harmless shape."""
        return {
            "status": self.status or self.kind,
            "leg": self.leg,
            "uuid": loggable(self.uuid),
            "conversation_uuid": loggable(self.conversation_uuid),
            "reason": self.reason,
        }


def parse_event(fields: Fields, *, about_connect: bool = False) -> Event | None:
    """Return the event in a request's fields; None if they contain no event.

    Unusable fields count as missing. `about_connect` says that the event came to the event URL of a connect. How the
    platform reports a connect over its limit is undocumented (platform.md, 2.5), so there a reason without a status
    counts as a refusal.
    """
    if all(fields.get(name) in (None, "") for name in ("status", "reason", "uuid", "conversation_uuid", *SHAPES)):
        return None
    status, reason = _status(fields), read_text(fields, "reason")
    return Event(
        kind=_kind(fields, status, reason, about_connect),
        status=status,
        leg=_leg(fields),
        uuid=read_identifier(fields, "uuid"),
        conversation_uuid=read_identifier(fields, "conversation_uuid"),
        reason=known_words(reason),
    )


def _status(fields: Fields) -> str | None:
    if fields.get("status") in (None, ""):
        return None
    status = read_text(fields, "status")
    return status if status in STATUSES else UNKNOWN


def _kind(fields: Fields, status: str | None, reason: str | None, about_connect: bool) -> str:
    if status is not None:
        return OTHER if status == UNKNOWN else status
    for name, kind in SHAPES.items():
        if fields.get(name) is not None:
            return kind
    if fields.get("reason") in (None, ""):
        return OTHER
    return CONNECT_REFUSED if about_connect and not (reason or "").startswith(NCCO_REJECTED_REASON) else NCCO_REJECTED


def _leg(fields: Fields) -> Literal["phone", "websocket"] | None:
    to, headers = read_text(fields, "to") or "", fields.get("headers")
    if to.lower().startswith(("ws://", "wss://")):
        return "websocket"
    # Only events of the socket's leg return the NCCO's headers (platform.md, 4): they identify the leg when `to` is
    # missing or unusual.
    if not _NUMBER.fullmatch(to) and isinstance(headers, dict) and "call_uuid" in headers:
        return "websocket"
    return None if read_number(fields, "to") is None else "phone"


@dataclass(frozen=True)
class FailedRequest:
    """The request that one of the webhooks failed to answer, so that the platform requests the fallback."""

    reason: str | None  # known words only
    path: str | None  # "unknown" unless it is one of ours
    query: dict[str, str]
    uuid: str | None
    conversation_uuid: str | None

    @property
    def log_fields(self) -> dict[str, str | None]:
        """The fields of the log line: only known values and those with a harmless shape."""
        return {
            "reason": self.reason,
            "original_path": self.path,
            "uuid": loggable(self.uuid),
            "conversation_uuid": loggable(self.conversation_uuid),
        }


def parse_failed_request(fields: Fields) -> FailedRequest:
    """Return the failed request in a request's fields; unusable fields count as missing."""
    url = _original_url(fields)
    try:
        parts = urlsplit(url or "")
    except ValueError:  # the URL is malformed
        parts = urlsplit("")
    known = parts.path in (*ANSWER_PATHS, *EVENTS_PATHS, *FALLBACK_PATHS)
    return FailedRequest(
        reason=known_words(read_text(fields, "reason")),
        path=None if url is None else parts.path if known else UNKNOWN,
        query=dict(parse_qsl(parts.query)) if parts.path in EVENTS_PATHS else {},
        uuid=read_identifier(fields, "uuid"),
        conversation_uuid=read_identifier(fields, "conversation_uuid"),
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
