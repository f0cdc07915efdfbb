"""The platform's events: what happened to a call, or to an NCCO."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from werkzeug.exceptions import BadRequest

from shared.identifier import loggable
from webhooks.fields import Fields, read_identifier, read_number, read_text
from webhooks.redaction import redact

# platform.md, 5
STATUSES = (
    "started", "ringing", "answered", "busy", "cancelled", "unanswered", "disconnected", "rejected", "failed",
    "timeout", "human", "machine", "completed",
)  # fmt: skip
NCCO_REJECTED = "ncco_rejected"
NCCO_REJECTED_REASON = "Syntax error in NCCO"  # how the reason begins
CONNECT_REFUSED = "connect_refused"
OTHER = "other"
UNKNOWN = "unknown"  # what is logged for a status that is none of STATUSES
# An event without a status has a field that tells its kind.
SHAPES = {"conversation_uuid_from": "transfer", "recording_url": "record", "dtmf": "input", "speech": "input"}
_NUMBER = re.compile(r"[+ ]?[0-9]+")
KINDS = (*STATUSES, *dict.fromkeys(SHAPES.values()), NCCO_REJECTED, CONNECT_REFUSED, OTHER)


@dataclass(frozen=True)
class Event:
    """An event."""

    kind: str  # one of KINDS
    status: str | None  # one of STATUSES, or "unknown"; None for an event without
    leg: Literal["phone", "websocket"] | None
    uuid: str | None  # of this leg
    conversation_uuid: str | None
    reason: str | None  # redacted
    call_uuid: str | None = None  # of the caller's leg; an event of the socket's leg brings it back from the NCCO

    @property
    def log_fields(self) -> dict[str, str | None]:
        """The fields of the event's log line: nothing but what is known, or has a harmless shape."""
        return {
            "status": self.status or self.kind,
            "leg": self.leg,
            "uuid": loggable(self.uuid),
            "conversation_uuid": loggable(self.conversation_uuid),
            "reason": self.reason,
        }


def parse_event(fields: Fields, *, about_connect: bool = False) -> Event:
    """Return the event in a request's fields; raises BadRequest if the fields hold no event.

    Fields that can't be used count as missing. `about_connect` says that the event came to the event URL of a connect.
    How the platform reports a connect over its limit is not documented (platform.md, 2.5), so there a reason
    without a status is taken for a refusal.
    """
    if all(fields.get(name) in (None, "") for name in ("status", "reason", "uuid", "conversation_uuid", *SHAPES)):
        raise BadRequest("this is no call event; send at least one of status, reason, uuid and conversation_uuid")
    status = _status(fields)
    headers = fields.get("headers")
    reason = redact(read_text(fields, "reason"))
    return Event(
        kind=_kind(fields, status, reason, about_connect),
        status=status,
        leg=_leg(fields),
        uuid=read_identifier(fields, "uuid"),
        conversation_uuid=read_identifier(fields, "conversation_uuid"),
        reason=reason,
        call_uuid=read_identifier(headers, "call_uuid") if isinstance(headers, dict) else None,
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
    # The headers of an NCCO come back in the events of the socket's leg alone (platform.md, 4): they tell the leg
    # where `to` is missing or odd.
    if not _NUMBER.fullmatch(to) and isinstance(headers, dict) and "call_uuid" in headers:
        return "websocket"
    return None if read_number(fields, "to") is None else "phone"
