"""The platform's events: what happened to a call or to the NCCO that it was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from werkzeug.exceptions import BadRequest

from webhooks.fields import Fields, identifier, text

# platform.md, "Event webhook".
STATUSES = (
    "started", "ringing", "answered", "busy", "cancelled", "unanswered", "disconnected", "rejected", "failed",
    "timeout", "human", "machine", "completed",
)  # fmt: skip
NCCO_REJECTED = "ncco_rejected"
OTHER = "other"
# Events without a status, recognised by a field that only they have.
SHAPES = {"conversation_uuid_from": "transfer", "recording_url": "record", "dtmf": "input", "speech": "input"}
KINDS = (*STATUSES, *dict.fromkeys(SHAPES.values()), NCCO_REJECTED, OTHER)


@dataclass(frozen=True)
class Event:
    """An event, without anything that must not be logged but in `reason`, which is free text."""

    kind: str  # one of KINDS
    status: str | None
    leg: Literal["phone", "websocket"] | None
    uuid: str | None  # of the leg
    conversation_uuid: str | None
    reason: str | None
    call_uuid: str | None = None  # of the caller's leg, where a socket's leg brings the NCCO's headers back


def parse_event(fields: Fields) -> Event:
    """Return the event in a request's fields; raises BadRequest if they are none that events have."""
    if all(fields.get(name) in (None, "") for name in ("status", "reason", "uuid", "conversation_uuid", *SHAPES)):
        raise BadRequest("this is no call event; send at least one of status, reason, uuid and conversation_uuid")
    status = identifier(fields, "status")
    reason = text(fields, "reason")
    return Event(
        kind=_kind(fields, status, reason),
        status=status,
        leg=_leg(text(fields, "to")),
        uuid=identifier(fields, "uuid"),
        conversation_uuid=identifier(fields, "conversation_uuid"),
        reason=reason,
        call_uuid=_call_uuid(fields.get("headers")),
    )


def _call_uuid(headers: object) -> str | None:
    return identifier(headers, "call_uuid") if isinstance(headers, dict) else None


def _kind(fields: Fields, status: str | None, reason: str | None) -> str:
    if status is not None:
        return status if status in STATUSES else OTHER
    for name, kind in SHAPES.items():
        if fields.get(name) is not None:
            return kind
    return OTHER if reason is None else NCCO_REJECTED


def _leg(to: str | None) -> Literal["phone", "websocket"] | None:
    if to is None:
        return None
    return "websocket" if to.lower().startswith(("ws://", "wss://")) else "phone"
