"""The steps of a call for a person: what the platform played, requested and received, a line each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .events import (
    Action,
    ActionBegan,
    Cleared,
    Event,
    InputCollected,
    ReactionBegan,
    RecordingMade,
    RequestSent,
    SocketClosed,
    SocketReported,
)
from .record import Record

CLOSED_BY = {
    "application": "by the server",
    "caller": "by the caller",
    "platform": "by the simulator, as the platform does at a wrong message",
    "fault": "by a fault on purpose",
}


class Step(NamedTuple):
    """One step: its time on the call's clock, its kind (an action's name, `event`, `clear`, …), and its detail."""

    at: float
    kind: str
    detail: str


def steps(record: Record) -> Iterator[Step]:
    closed: SocketClosed | None = None
    for event in record.events:
        match event:
            case SocketClosed():
                closed = event
            case SocketReported() if closed is not None:
                yield Step(event.at, "closed", f"{CLOSED_BY[closed.by]}, code {closed.code}")
                closed = None
            case _:
                if said := _kind_and_detail(event):
                    yield Step(event.at, *said)


def _kind_and_detail(event: Event) -> tuple[str, str] | None:
    match event:
        case ActionBegan(action=action):
            return str(action.get("action")), _detail(action)
        case RequestSent(webhook="event", event_name=name, url=url, attempt=1):
            return "event", f"{name} to {url}"
        case Cleared():
            return "clear", ""
        case ReactionBegan(deed=deed):
            return "caller", deed
        case InputCollected(words=words, digits=digits):
            return "collected", repr(words) if words else f"keys {digits}" if digits else "nothing"
        case RecordingMade(size=size):
            return "recording", f"{size} bytes"
    return None


def _detail(action: Action) -> str:
    """Return what tells an action from others of its kind."""
    match action:
        case {"action": "talk", "text": text}:
            return str(text)
        case {"action": "stream", "streamUrl": [url, *_]}:
            return str(url)
        case {"action": "input", "type": [*kinds]}:
            return " and ".join(map(str, kinds))
        case {"action": "conversation", "name": name}:
            return str(name)
        case {"action": "transfer", "conversationId": name}:
            return str(name)
        case {"action": "notify", "eventUrl": [url, *_]}:
            return str(url)
        case {"action": "connect", "endpoint": [{"type": kind}]}:
            return str(kind)
    return ""
