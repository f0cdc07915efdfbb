"""Short simulated calls, and the NCCOs that webhooks answer them with."""

from __future__ import annotations

from typing import Any

from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.call.calls import place_calls
from voice_simulator.call.plan import CallPlan
from voice_simulator.call.result import CallResult
from voice_simulator.caller.script import Script
from voice_simulator.caller.speech import SAMPLE_FILE, read_speech
from voice_simulator.vonage.application import Application

SECONDS = 0.1
FRAMES = 5
FOREVER = 60.0  # seconds, of a call that ends long before
SPEECH = read_speech(SAMPLE_FILE, SECONDS)
SIGNATURE_SECRET = "the-secret-of-the-account-" + "s" * 32


def connect(uri: str, event_url: str | None = None, **endpoint: Any) -> dict[str, Any]:
    """Return a connect action; `event_url` is where its events go to and NCCOs come from."""
    whole = {"type": "websocket", "uri": uri, "content-type": "audio/l16;rate=16000"} | endpoint
    action = {"action": "connect", "endpoint": [whole]}
    return action | ({"eventType": "synchronous", "eventUrl": [event_url]} if event_url else {})


def ncco(uri: str, **endpoint: Any) -> list[dict[str, Any]]:
    return [{"action": "talk", "text": "Hello"}, connect(uri, **endpoint)]


def script(**changes: Any) -> Script:
    options: dict[str, Any] = {"speech": SPEECH, "seconds": SECONDS} | changes
    return Script(**options)


SHORT = script()


def plan(
    webhooks: WebhookServer, script: Script = SHORT, application: dict[str, Any] | None = None, **options: Any
) -> CallPlan:
    """Return the plan of a call, by default a short one; `application` has more fields of the application."""
    answer_url = f"{webhooks.address}/webhooks/answer"
    return CallPlan(Application(answer_url, **(application or {})), script, **options)


async def place_call(
    webhooks: WebhookServer, script: Script = SHORT, application: dict[str, Any] | None = None, **options: Any
) -> CallResult:
    (result,) = await place_calls(plan(webhooks, script, application, **options), watch=lambda results: None)
    return result
