"""The call-control objects (NCCO) that answer the platform's questions (platform.md, "A call", 2 and 3)."""

from __future__ import annotations

import re
from typing import Any

from shared.audio import AudioFormat
from webhooks.incoming_call import Question
from webhooks.moves import Attempt
from webhooks.public_address import PublicAddress

Action = dict[str, Any]
Ncco = list[Action]

CALL_LIMIT_SECONDS = 7200  # the platform's own maximum
CONNECT_TIMEOUT_SECONDS = 10  # a healthy engine answers in milliseconds; the platform would wait for 60 s
APOLOGY = "We are sorry, the echo server cannot take your call right now. Please try again later."
APOLOGY_LANGUAGE = "en-US"

# E.164; a `+` is taken off, and so is the space that a `+` becomes in a query that doesn't encode it.
_NUMBER = re.compile(r"[+ ]?([1-9][0-9]{6,14})")


def talk(text: str, language: str) -> Action:
    """Return the action that speaks a text; `language` is a BCP 47 tag."""
    return {"action": "talk", "text": text, "language": language}


def connect(
    question: Question, address: PublicAddress, audio_format: AudioFormat, attempt: Attempt, token: str | None = None
) -> Action:
    """Return the action that connects a call to the echo engine's WebSocket and reports on it to the event webhook.

    The platform shows the token, if there is one, to the engine, and brings the attempt back with every event.
    """
    action: Action = {
        "action": "connect",
        "eventType": "synchronous",
        "eventUrl": [f"{address.events_url}?{attempt.query}"],
        "eventMethod": "POST",
        "timeout": CONNECT_TIMEOUT_SECONDS,
        "limit": CALL_LIMIT_SECONDS,
        "endpoint": [_websocket(question, address, audio_format, token)],
    }
    number = _NUMBER.fullmatch(question.to or "")
    if number is not None:
        action["from"] = number[1]
    return action


def apology_ncco() -> Ncco:
    """Return an NCCO that says sorry; with no action left, the call ends."""
    return [talk(APOLOGY, APOLOGY_LANGUAGE)]


def _websocket(question: Question, address: PublicAddress, audio_format: AudioFormat, token: str | None) -> Action:
    endpoint: Action = {"type": "websocket", "uri": address.socket_url, "content-type": audio_format.content_type}
    # At most 512 bytes as JSON: a question's identifiers are of 100 characters at most.
    endpoint["headers"] = {"call_uuid": question.uuid}
    if question.conversation_uuid is not None:
        endpoint["headers"]["conversation_uuid"] = question.conversation_uuid
    if token is not None:
        endpoint["authorization"] = {"type": "custom", "value": f"Bearer {token}"}
    return endpoint
