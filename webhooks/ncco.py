"""Call-control objects (NCCOs): lists of actions for the platform (platform.md, 2.1)."""

from __future__ import annotations

import math
import re
from typing import Any

from shared.audio import AudioFormat
from webhooks.moves import PlannedConnect
from webhooks.public_address import PublicAddress
from webhooks.schedule import LONGEST_WAIT_SECONDS, SHORTEST_WAIT_SECONDS

Action = dict[str, Any]
Ncco = list[Action]

CALL_LIMIT_SECONDS = 7200  # the platform's maximum (platform.md, 2.3)
CONNECT_TIMEOUT_SECONDS = 10  # a healthy engine answers in milliseconds; the platform's own wait is 60 s
SILENT_WAIT_SECONDS = 2.0  # in a longer wait, the caller hears words
REPEAT_SECONDS = 15.0  # between repeats of the words, about
MAX_REPEATS = 10  # limits the NCCO's size; the longest waits have longer silences
APOLOGY = "We are sorry, the echo server cannot take your call right now. Please try again later."
APOLOGY_LANGUAGE = "en-US"

# E.164 without the `+`; in a query, a `+` that is not percent-encoded arrives as a space.
_NUMBER = re.compile(r"[+ ]?([1-9][0-9]{6,14})")


def talk(text: str, language: str) -> Action:
    """Return the action that speaks a text; `language` is a BCP 47 tag (platform.md, 2.2)."""
    return {"action": "talk", "text": text, "language": language}


def wait(seconds: float) -> Action:
    """Return the action that waits, to the millisecond (platform.md, 2.4)."""
    return {"action": "wait", "timeout": round(min(max(seconds, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS), 3)}


def fill_wait(seconds: float, words: Action, words_seconds: float) -> Ncco:
    """Return actions that fill this time: silence for less than 2 s, words and silence otherwise."""
    if seconds <= 0:
        return []
    times = _repeats(seconds, words_seconds)
    return [words, wait(seconds / times - words_seconds)] * times if times else [wait(seconds)]


def connect(
    planned: PlannedConnect, address: PublicAddress, audio_format: AudioFormat, query: str, authorization: Action | None
) -> Action:
    """Return the action that connects a call to the echo engine's WebSocket (platform.md, 2.3).

    Every event about the socket comes to an event URL with this query. `authorization` says what the platform
    presents to the engine.
    """
    endpoint: Action = {"type": "websocket", "uri": address.socket_url, "content-type": audio_format.content_type}
    # The platform takes at most 512 bytes of JSON; each identifier has at most 100 characters.
    endpoint["headers"] = {"call_uuid": planned.call_uuid}
    if planned.conversation_uuid is not None:
        endpoint["headers"]["conversation_uuid"] = planned.conversation_uuid
    if authorization is not None:
        endpoint["authorization"] = authorization
    return {
        "action": "connect",
        "eventType": "synchronous",
        "eventUrl": [f"{address.events_url}?{query}"],
        "eventMethod": "POST",
        "timeout": CONNECT_TIMEOUT_SECONDS,
        "limit": CALL_LIMIT_SECONDS,
        "endpoint": [endpoint],
    }


def from_number(called: str | None) -> Action:
    """Return the `from` field of a connect: the called number; no field if that isn't a number."""
    number = _NUMBER.fullmatch(called or "")
    return {} if number is None else {"from": number[1]}


def apology_ncco() -> Ncco:
    """Return an NCCO that apologizes; the call then ends because no action is left."""
    return [talk(APOLOGY, APOLOGY_LANGUAGE)]


def _repeats(seconds: float, words_seconds: float) -> int:
    if seconds < SILENT_WAIT_SECONDS:
        return 0
    room = int(seconds / (words_seconds + SHORTEST_WAIT_SECONDS))  # a long text fits less often, or never
    return min(math.ceil(seconds / REPEAT_SECONDS), MAX_REPEATS, room)
