"""The platform's text messages: JSON objects that tell the start of the audio, keys pressed, and queue events."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from shared.audio import AudioFormat


@dataclass(frozen=True, slots=True)
class Connected:
    """The first message of a call: `websocket:connected`, with the NCCO's headers flattened into it."""

    audio_format: AudioFormat | None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dtmf:
    """A key that the caller pressed: `0`-`9`, `*` or `#`."""

    digit: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Any other message of the platform: known without consequence, or unknown; the call goes on."""


PlatformMessage = Connected | Dtmf | Ignored


def parse(text: str) -> PlatformMessage | None:
    """Return the platform's message in a text message, None if it isn't one.

    The platform's are JSON objects with an `event`; old bridges sent the first message with a `content-type` alone,
    and keys with a `digit` alone (docs/platform.md, 3.2 and 3.4).
    """
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict):
        return None
    event = message.get("event")
    if event == "websocket:connected" or ("event" not in message and "content-type" in message):
        return _connected(message)
    if event == "websocket:dtmf" or ("event" not in message and "digit" in message):
        digit = message.get("digit")
        return Dtmf(digit) if isinstance(digit, str) and len(digit) == 1 and digit in "0123456789*#" else Ignored()
    return Ignored() if "event" in message else None


def _connected(message: dict[str, Any]) -> Connected:
    try:
        audio_format = AudioFormat.parse(str(message.get("content-type")))
    except ValueError:
        audio_format = None
    return Connected(audio_format, {name: value for name, value in message.items() if isinstance(value, str)})
