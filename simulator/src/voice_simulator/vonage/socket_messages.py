"""The text messages on a socket: the platform's first, those that it knows, and its answers (platform.md, 3.2, 3.5)."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from ..record.foreign_text import read_json

CLEARED = {"event": "websocket:cleared"}


class Command(NamedTuple):
    """A text message that the platform knows."""

    action: Literal["clear", "notify"]
    payload: dict[str, Any]  # of a notify


def first_message(content_type: object, headers: dict[str, Any]) -> dict[str, Any]:
    """Return the first message: the headers of the NCCO's endpoint stand beside its own fields."""
    return {"event": "websocket:connected", "content-type": content_type} | headers


def read_command(text: bytes) -> Command | None:
    """Return the command in a text message; None for a text that the platform doesn't know."""
    match json_in(text):
        case {"action": "clear"}:
            return Command("clear", {})
        case {"action": "notify", "payload": dict(payload)}:
            return Command("notify", payload)
    return None


def json_in(text: bytes) -> Any:
    """Return the value of a text message, None if it holds no JSON."""
    try:
        return read_json(text)
    except ValueError:
        return None


def played(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a notify: all that was queued before it has been played."""
    return {"event": "websocket:notify", "payload": payload}
