"""A leg of a call, the caller's phone or the WebSocket: the fields of the requests and the events about it."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

Event = dict[str, Any]
EndedBy = Literal["user", "platform"]
# Of the events that end a leg: SIP's codes for what they say (RFC 3261, 21).
SIP_CODES = {
    "completed": 200,
    "busy": 486,
    "cancelled": 487,
    "failed": 500,
    "rejected": 603,
    "timeout": 408,
    "unanswered": 480,
}
# What an event without a status is about, by the field that only such an event has.
NAMES_BY_FIELD = {
    "recording_url": "record",
    "payload": "notify",
    "dtmf": "input",
    "conversation_uuid_to": "transfer",
    "type": "rtc",
}


@dataclass
class Leg:
    """One leg of a call; its methods make what the platform sends about it (platform.md, 1 and 5)."""

    caller: str
    called: str  # a number, or the WebSocket's URI
    conversation_uuid: str
    direction: Literal["inbound", "outbound"] = "inbound"
    headers: dict[str, Any] = field(default_factory=dict)  # of the NCCO's endpoint
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    answered_at: datetime.datetime | None = None

    def answer_fields(self) -> dict[str, Any]:
        """Return the fields of a request to the answer webhook (platform.md, 1)."""
        return {
            "from": self.caller,
            "to": self.called,
            "uuid": self.uuid,
            "conversation_uuid": self.conversation_uuid,
            "region_url": "https://api-eu.vonage.com",
            "endpoint_type": "phone",
        }

    def event(self, status: str | None, **more: object) -> Event:
        """Return an event with the fields that all events have, and its status if it has one."""
        event: Event = {
            "from": self.caller,
            "to": self.called,
            "uuid": self.uuid,
            "conversation_uuid": self.conversation_uuid,
            "direction": self.direction,
            "timestamp": timestamp(_now()),
        }
        if status:
            event["status"] = status
        if status in SIP_CODES:
            event |= {"sip_code": SIP_CODES[status], "disconnected_by": "user" if status == "busy" else "platform"}
        if self.headers:
            event["headers"] = self.headers
        return event | more

    def short_event(self) -> Event:
        """Return an event with the fields of an input's event, which has no direction and no status."""
        event = self.event(None)
        del event["direction"]
        return event

    def answered(self) -> Event:
        """Note that the leg is answered now, and return the event."""
        self.answered_at = _now()
        return self.event("answered", start_time=None, rate=None, network=None)

    def completed(self, disconnected_by: EndedBy = "user") -> Event:
        """Return the event that the leg ends now; its numbers are strings, as the platform's are."""
        end = _now()
        start = self.answered_at or end
        times = {"start_time": timestamp(start), "end_time": timestamp(end)}
        duration = str(round((end - start).total_seconds()))
        figures = {"duration": duration, "rate": "0.00", "price": "0.00", "network": None} | times
        return self.event("completed", disconnected_by=disconnected_by, **figures)


def event_name(event: Event) -> str:
    """Return an event's status, or what it is about if it has none."""
    if "status" in event:
        return str(event["status"])
    for field_name, name in NAMES_BY_FIELD.items():
        if field_name in event:
            return name
    return "without a status" if "uuid" in event else "about the NCCO"


def ncco_rejected(reason: str, conversation_uuid: str) -> Event:
    """Return the event about a wrong NCCO: it has neither a status nor a leg's uuid."""
    return {
        "reason": f"Syntax error in NCCO. {reason}",
        "conversation_uuid": conversation_uuid,
        "timestamp": timestamp(_now()),
    }


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def timestamp(time: datetime.datetime) -> str:
    """Return a time as the platform writes it."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
