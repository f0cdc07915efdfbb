"""The call-control objects (NCCO): lists of actions for the platform to take with a call (platform.md, 2.1)."""

from __future__ import annotations

import re
from typing import Any

from shared.audio import AudioFormat
from webhooks.incoming_call import IncomingCall
from webhooks.moves import PlannedConnect
from webhooks.public_address import PublicAddress

Action = dict[str, Any]
Ncco = list[Action]

CALL_LIMIT_SECONDS = 7200  # the platform's maximum (platform.md, 2.3)
SHORTEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.1, 7200.0  # platform.md, 2.4
CONNECT_TIMEOUT_SECONDS = 10  # a healthy engine answers in milliseconds; the platform's own wait is 60 s
APOLOGY = "We are sorry, the echo server cannot take your call right now. Please try again later."
APOLOGY_LANGUAGE = "en-US"

# E.164 without the `+`; in a query, a `+` that is not percent-encoded arrives as a space.
_NUMBER = re.compile(r"[+ ]?([1-9][0-9]{6,14})")


def talk(text: str, language: str) -> Action:
    """Return the action that speaks a text; `language` is a BCP 47 tag (platform.md, 2.2)."""
    return {"action": "talk", "text": text, "language": language}


def wait(seconds: float) -> Action:
    """Return the action that does nothing for a time, to the millisecond (platform.md, 2.4)."""
    return {"action": "wait", "timeout": round(min(max(seconds, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS), 3)}


def connect(
    call: IncomingCall,
    address: PublicAddress,
    audio_format: AudioFormat,
    planned: PlannedConnect,
    token: str | None = None,
    *,
    signed: bool = False,
) -> Action:
    """Return the action that connects a call to the echo engine's WebSocket (platform.md, 2.3).

    The platform sends the token, if there is one, to the engine; or its own signature, if the handshake is to be
    signed. Every event about the socket brings `planned` back.
    """
    action: Action = {
        "action": "connect",
        "eventType": "synchronous",
        "eventUrl": [f"{address.events_url}?{planned.query}"],
        "eventMethod": "POST",
        "timeout": CONNECT_TIMEOUT_SECONDS,
        "limit": CALL_LIMIT_SECONDS,
        "endpoint": [_websocket(call, address, audio_format) | _authorization(token, signed)],
    }
    number = _NUMBER.fullmatch(call.to or "")
    if number is not None:
        action["from"] = number[1]
    return action


def apology_ncco() -> Ncco:
    """Return an NCCO that says sorry; with no action left, the call ends."""
    return [talk(APOLOGY, APOLOGY_LANGUAGE)]


def _websocket(call: IncomingCall, address: PublicAddress, audio_format: AudioFormat) -> Action:
    endpoint: Action = {"type": "websocket", "uri": address.socket_url, "content-type": audio_format.content_type}
    # The platform takes at most 512 bytes of JSON; each identifier has at most 100 characters.
    endpoint["headers"] = {"call_uuid": call.uuid}
    if call.conversation_uuid is not None:
        endpoint["headers"]["conversation_uuid"] = call.conversation_uuid
    return endpoint


def _authorization(token: str | None, signed: bool) -> Action:
    if signed:
        return {"authorization": {"type": "vonage"}}
    return {} if token is None else {"authorization": {"type": "custom", "value": f"Bearer {token}"}}
