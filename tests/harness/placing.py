"""Short calls for tests, and peers that end them."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from simulator.call_plan import CallPlan
from simulator.calls import place_calls
from simulator.speech import SAMPLE_FILE, read_speech

if TYPE_CHECKING:
    from websockets.sync.server import ServerConnection

    from simulator.call_result import CallResult
    from tests.simulator.conftest import WebhookServer

SECONDS = 0.1
FRAMES = 5
FOREVER = 60.0  # seconds, of a call that ends long before
SPEECH = read_speech(SAMPLE_FILE, SECONDS)


def connect(uri: str, event_url: str | None = None, **endpoint: Any) -> dict[str, Any]:
    """Return a connect action; `event_url` is where its events go to and NCCOs come from."""
    whole = {"type": "websocket", "uri": uri, "content-type": "audio/l16;rate=16000"} | endpoint
    action = {"action": "connect", "endpoint": [whole]}
    return action | ({"eventType": "synchronous", "eventUrl": [event_url]} if event_url else {})


def ncco(uri: str, **endpoint: Any) -> list[dict[str, Any]]:
    """Return a greeting and a connect action."""
    return [{"action": "talk", "text": "Hello"}, connect(uri, **endpoint)]


def plan(webhooks: WebhookServer, **changes: Any) -> CallPlan:
    """Return the plan of a short call."""
    options: dict[str, Any] = {"seconds": SECONDS, "speech": SPEECH} | changes
    return CallPlan(
        answer_url=f"{webhooks.address}/webhooks/answer",
        event_url=f"{webhooks.address}/webhooks/events",
        fallback_url=f"{webhooks.address}/webhooks/fallback",
        **options,
    )


async def place_call(webhooks: WebhookServer, **changes: Any) -> CallResult:
    """Place one short call and return its result."""
    (result,) = await place_calls(plan(webhooks, **changes), watch=lambda results: None)
    return result


def events_url(webhooks: WebhookServer, attempt: int) -> str:
    """Return the event URL of a connect action."""
    return f"{webhooks.address}/webhooks/events?attempt={attempt}"


def close(connection: ServerConnection, frame: bytes, number: int) -> None:
    """Echo the first frames, then close the socket (see EchoPeer)."""
    connection.send(frame)
    if number == 3:
        connection.close(1012, "bye")


def vanish(connection: ServerConnection, frame: bytes, number: int) -> None:
    """Echo the first frames, then break the connection."""
    if number == 3:
        connection.socket.shutdown(socket.SHUT_RDWR)
    else:
        connection.send(frame)
