from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.tests.harness.placing import place_call, script
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.script import Digit, Words

Keys = tuple[Digit, ...]


async def collect(webhooks: WebhookServer, action: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Play one input action, and return its event."""
    webhooks.answer_with([{"action": "input", "eventUrl": [f"{webhooks.address}/input"]} | action])
    result = await place_call(webhooks, script(expect="nothing", **{"seconds": 4.0} | changes))
    assert result.verdict.outcome is Outcome.GOOD
    (event,) = [request.fields for request in webhooks.requests if request.path == "/input"]
    return event


@pytest.mark.parametrize(
    ("keys", "dtmf", "digits", "timed_out"),
    [
        ("12", {"maxDigits": 2}, "12", False),
        ("1234", {}, "1234", False),  # 4 is the default
        ("1*#", {"timeOut": 0.3}, "1*#", True),
        ("12#", {"submitOnHash": True}, "12", False),
        ("#", {"submitOnHash": True}, None, False),
        ("", {"timeOut": 0.3}, None, True),
        ("", {"timeOut": 0}, None, True),
    ],
)
async def test_keys(
    keys: str, dtmf: dict[str, Any], digits: str | None, timed_out: bool, webhooks: WebhookServer
) -> None:
    pressed = tuple(Digit(key, 0.1 + number * 0.1) for number, key in enumerate(keys))
    event = await collect(webhooks, {"type": ["dtmf"], "dtmf": dtmf}, digits=pressed)
    assert event["dtmf"] == {"digits": digits, "timed_out": timed_out}
    assert event["speech"] == {"error": "Speech was not enabled"}
    assert {"from", "to", "uuid", "conversation_uuid", "timestamp"} <= event.keys()
    assert not {"status", "direction"} & event.keys()


async def test_words_end_with_the_silence_behind_them(webhooks: WebhookServer) -> None:
    said = (Words("sales please", 0.2, 0.5),)
    event = await collect(webhooks, {"type": ["speech"], "speech": {"endOnSilence": 0.4}}, words=said)
    assert event["speech"]["timeout_reason"] == "end_on_silence_timeout"
    assert [result["text"] for result in event["speech"]["results"]] == ["sales please"]
    assert event["dtmf"] == {"digits": None, "timed_out": False}


async def test_words_that_take_too_long_are_cut_off(webhooks: WebhookServer) -> None:
    said = (Words("on and on", 0.1, 20.0),)
    event = await collect(webhooks, {"type": ["speech"], "speech": {"maxDuration": 1}}, words=said)
    assert event["speech"]["timeout_reason"] == "max_duration"


async def test_nobody_speaks(webhooks: WebhookServer) -> None:
    event = await collect(webhooks, {"type": ["speech"], "speech": {"startTimeout": 1}})
    assert event["speech"] == {"timeout_reason": "start_timeout", "results": []}


@pytest.mark.parametrize("spoken_first", [True, False])
async def test_of_keys_and_words_the_first_count(spoken_first: bool, webhooks: WebhookServer) -> None:
    words, digit = (Words("sales", 0.1 if spoken_first else 0.5, 0.2),), Digit("1", 0.3)
    both = {"type": ["dtmf", "speech"], "dtmf": {"maxDigits": 1}, "speech": {"endOnSilence": 0.4}}
    event = await collect(webhooks, both, words=words, digits=(digit,))
    assert ("results" in event["speech"]) is spoken_first
    assert spoken_first or event["speech"] == {"error": "Speech overridden by DTMF"}
    assert event["dtmf"]["digits"] == (None if spoken_first else "1")


async def test_the_ncco_that_comes_back_goes_on_with_the_call(webhooks: WebhookServer) -> None:
    again = [{"action": "notify", "payload": {"n": 1}, "eventUrl": [f"{webhooks.address}/notified"]}]
    webhooks.script("/input", {"status": 200, "body": json.dumps(again).encode()})
    await collect(webhooks, {"type": ["dtmf"], "dtmf": {"timeOut": 0}})
    assert [request.path for request in webhooks.requests][-2:] == ["/notified", "/webhooks/events"]


async def test_a_wrong_ncco_that_comes_back_is_wrong(webhooks: WebhookServer) -> None:
    webhooks.script("/input", {"status": 200, "body": b'[{"action": "talk"}]'})
    webhooks.answer_with([{"action": "input", "type": ["dtmf"], "eventUrl": [f"{webhooks.address}/input"]}])
    result = await place_call(webhooks, script(expect="nothing", seconds=4.0))
    assert result.verdict.outcome is Outcome.NCCO_WRONG
    assert result.verdict.errors == ["NCCO[0].text is missing (ncco.talk-text; platform.md, 2.2)"]
    assert webhooks.events()[-2]["reason"].startswith("Syntax error in NCCO.")


async def test_keys_go_out_one_by_one_where_the_input_is_asynchronous(webhooks: WebhookServer) -> None:
    collect = {"action": "input", "type": ["dtmf"], "mode": "asynchronous", "eventUrl": [f"{webhooks.address}/keys"]}
    webhooks.answer_with([collect, {"action": "wait", "timeout": 1}])
    result = await place_call(
        webhooks, script(expect="nothing", seconds=0.8, digits=(Digit("1", 0.2), Digit("2", 0.4)))
    )
    assert result.verdict.warnings == []
    events = [request.fields["dtmf"] for request in webhooks.requests if request.path == "/keys"]
    assert [event["digits"] for event in events] == ["1", "2"]


async def test_the_event_may_go_by_get(webhooks: WebhookServer) -> None:
    action = {"action": "input", "type": ["dtmf"], "dtmf": {"timeOut": 0}, "eventMethod": "GET"}
    webhooks.answer_with([action | {"eventUrl": [f"{webhooks.address}/input"]}])
    await place_call(webhooks, script(expect="nothing", seconds=1.0))
    (request,) = [request for request in webhooks.requests if request.path.startswith("/input")]
    assert request.method == "GET"
    assert json.loads(request.fields["dtmf"]) == {"digits": None, "timed_out": True}
