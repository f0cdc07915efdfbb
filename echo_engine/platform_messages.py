"""The text messages from the platform and to it: JSON objects (platform.md, 3.2, 3.4 and 3.5)."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from typing import Any

from shared.audio import AudioFormat

# The platform's longest is the first one, with 512 bytes of headers (platform.md, 2.3). Longer text is not parsed:
# 64 KB of nested lists take a millisecond, in which 20 other calls wait.
MAX_TEXT_CHARACTERS = 4096


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
class Played:
    """The answer to a `notify` of this engine's: all that was sent before that mark has been played."""

    mark: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """Any other message of the platform: known without consequence, or unknown; the call goes on."""


PlatformMessage = Connected | Dtmf | Played | Ignored

CLEAR = '{"action": "clear"}'
MARK = "echo_engine_mark"  # in the payload of a notify; one without it was not asked for by this engine


def notify(mark: int) -> str:
    """Return the message that has the platform say when all audio before it has been played."""
    return f'{{"action": "notify", "payload": {{"{MARK}": {mark}}}}}'


def parse(text: str) -> PlatformMessage | None:
    """Return the platform's message in a text message, None if it isn't one.

    The platform's are JSON objects with an `event`; old bridges sent the first message with a `content-type` alone,
    and keys with a `digit` alone (platform.md, 3.2 and 3.4).
    """
    if len(text) > MAX_TEXT_CHARACTERS:
        return None
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
    if event == "websocket:notify":
        payload = message.get("payload")
        mark = payload.get(MARK) if isinstance(payload, dict) else None
        return Played(mark) if isinstance(mark, int) else Ignored()
    return Ignored() if "event" in message else None


def _connected(message: dict[str, Any]) -> Connected:
    audio_format, content_type = None, message.get("content-type")
    if isinstance(content_type, str):  # a number or a list of them could take milliseconds to become one
        with contextlib.suppress(ValueError):
            audio_format = AudioFormat.parse(content_type)
    return Connected(audio_format, {name: value for name, value in message.items() if isinstance(value, str)})
