"""The platform's events: what happened to a call, or to an NCCO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from werkzeug.exceptions import BadRequest

from webhooks.fields import Fields, read_identifier, read_text
from webhooks.redaction import redact

# docs/platform.md, 5
STATUSES = (
    "started", "ringing", "answered", "busy", "cancelled", "unanswered", "disconnected", "rejected", "failed",
    "timeout", "human", "machine", "completed",
)  # fmt: skip
NCCO_REJECTED = "ncco_rejected"
NCCO_REJECTED_REASON = "Syntax error in NCCO"  # how the reason begins
CONNECT_REFUSED = "connect_refused"
OTHER = "other"
# An event without a status has a field that tells its kind.
SHAPES = {"conversation_uuid_from": "transfer", "recording_url": "record", "dtmf": "input", "speech": "input"}
KINDS = (*STATUSES, *dict.fromkeys(SHAPES.values()), NCCO_REJECTED, CONNECT_REFUSED, OTHER)


@dataclass(frozen=True)
class Event:
    """An event; every field of it may be logged."""

    kind: str  # one of KINDS
    status: str | None
    leg: Literal["phone", "websocket"] | None
    uuid: str | None  # of this leg
    conversation_uuid: str | None
    reason: str | None  # redacted
    call_uuid: str | None = None  # of the caller's leg; an event of the socket's leg brings it back from the NCCO

    @property
    def log_fields(self) -> dict[str, str | None]:
        """The fields of the event's log line."""
        return {
            "status": self.status or self.kind,
            "leg": self.leg,
            "uuid": self.uuid,
            "conversation_uuid": self.conversation_uuid,
            "reason": self.reason,
        }


def parse_event(fields: Fields, *, about_connect: bool = False) -> Event:
    """Return the event in a request's fields; raises BadRequest if the fields hold no event, or a malformed one.

    `about_connect` says that the event came to the event URL of a connect. How the platform reports a connect over its
    limit is not documented (docs/platform.md, 2.5), so there a reason without a status is taken for a refusal.
    """
    if all(fields.get(name) in (None, "") for name in ("status", "reason", "uuid", "conversation_uuid", *SHAPES)):
        raise BadRequest("this is no call event; send at least one of status, reason, uuid and conversation_uuid")
    status = read_identifier(fields, "status")
    reason = redact(read_text(fields, "reason"))
    return Event(
        kind=_kind(fields, status, reason, about_connect),
        status=status,
        leg=_leg(read_text(fields, "to")),
        uuid=read_identifier(fields, "uuid"),
        conversation_uuid=read_identifier(fields, "conversation_uuid"),
        reason=reason,
        call_uuid=_call_uuid(fields.get("headers")),
    )


def _call_uuid(headers: object) -> str | None:
    return read_identifier(headers, "call_uuid") if isinstance(headers, dict) else None


def _kind(fields: Fields, status: str | None, reason: str | None, about_connect: bool) -> str:
    if status is not None:
        return status if status in STATUSES else OTHER
    for name, kind in SHAPES.items():
        if fields.get(name) is not None:
            return kind
    if reason is None:
        return OTHER
    return CONNECT_REFUSED if about_connect and not reason.startswith(NCCO_REJECTED_REASON) else NCCO_REJECTED


def _leg(to: str | None) -> Literal["phone", "websocket"] | None:
    if to is None:
        return None
    return "websocket" if to.lower().startswith(("ws://", "wss://")) else "phone"
