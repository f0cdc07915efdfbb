from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.tests.harness.echo_peer import StartPeer, close
from simulator.tests.harness.placing import connect, place_call, script
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.call import ncco_player
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.script import Digit
from voice_simulator.record.steps import steps

NOTHING = script(expect="nothing", seconds=0.8)


def notify(webhooks: WebhookServer, **more: Any) -> dict[str, Any]:
    return {"action": "notify", "payload": {"a": 1}, "eventUrl": [f"{webhooks.address}/notified"]} | more


async def test_a_notify_sends_its_payload_and_goes_on(webhooks: WebhookServer) -> None:
    webhooks.answer_with([notify(webhooks), notify(webhooks, eventMethod="GET")])
    result = await place_call(webhooks, NOTHING)
    assert result.verdict.outcome is Outcome.GOOD
    first, second = [request for request in webhooks.requests if request.path.startswith("/notified")]
    assert first.fields.keys() == {"payload", "conversation_uuid", "timestamp"}
    assert (first.method, first.fields["payload"]) == ("POST", {"a": 1})
    assert (second.method, json.loads(second.fields["payload"])) == ("GET", {"a": 1})


async def test_a_new_ncco_to_a_notify_replaces_the_rest(webhooks: WebhookServer) -> None:
    webhooks.script("/notified", {"status": 200, "body": b'[{"action": "wait", "timeout": 0.1}]'})
    webhooks.answer_with([notify(webhooks), {"action": "talk", "text": "Never heard"}])
    result = await place_call(webhooks, NOTHING)
    assert [step.kind for step in steps(result.record) if step.kind != "event"] == ["notify", "wait"]


async def test_a_conversation_lasts_until_the_caller_hangs_up(webhooks: WebhookServer) -> None:
    webhooks.answer_with([{"action": "conversation", "name": "room"}])
    result = await place_call(webhooks, NOTHING)
    assert (result.verdict.outcome, result.hung_up) == (Outcome.GOOD, True)


async def test_a_transfer_is_told_and_lasts_until_the_caller_hangs_up(webhooks: WebhookServer) -> None:
    webhooks.answer_with([{"action": "transfer", "conversationId": "CON-other"}])
    result = await place_call(webhooks, NOTHING)
    assert (result.verdict.outcome, result.hung_up) == (Outcome.GOOD, True)
    event = webhooks.events()[-2]
    assert event["conversation_uuid_from"] == result.conversation_uuid
    assert event["conversation_uuid_to"] == "CON-other"


async def test_an_action_behind_a_connect_is_played_when_the_socket_has_ended(
    webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    webhooks.answer_with([connect(start_peer(close).uri), notify(webhooks)])
    result = await place_call(webhooks, script(expect="nothing", seconds=2.0))
    assert (result.verdict.outcome, result.hung_up) == (Outcome.GOOD, False)
    (warning,) = result.verdict.warnings
    assert warning.startswith("NCCO[0]: an action behind the connect may run as soon as the socket is up")
    assert [step.kind for step in steps(result.record) if step.kind != "event"] == ["connect", "closed", "notify"]


async def test_the_connects_limit_ends_its_socket(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with([connect(start_peer().uri) | {"limit": 1}, notify(webhooks)])
    result = await place_call(webhooks, script(expect="nothing", seconds=3.0))
    assert not result.hung_up
    assert 45 <= len(result.record.frames.sent_at) <= 52
    assert "completed" in [event["status"] for event in webhooks.events()[:-1]]


async def test_a_key_goes_to_the_socket_while_one_is_open(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    peer = start_peer()
    webhooks.answer_with([connect(peer.uri)])
    result = await place_call(webhooks, script(expect="nothing", seconds=0.5, digits=(Digit("5", 0.3),)))
    assert result.verdict.warnings == []
    assert [text.get("digit") for text in peer.texts] == [None, "5"]


async def test_a_call_for_the_echo_follows_no_menu_without_end(webhooks: WebhookServer) -> None:
    ask = {"action": "input", "type": ["dtmf"], "dtmf": {"timeOut": 0}, "eventUrl": [f"{webhooks.address}/input"]}
    webhooks.script("/input", {"status": 200, "body": json.dumps([ask]).encode()})
    webhooks.answer_with([ask])
    result = await place_call(webhooks)
    assert (result.verdict.outcome, result.hung_up) == (Outcome.NCCO_WRONG, False)
    assert [request.path for request in webhooks.requests].count("/input") == 1


@pytest.mark.parametrize(
    "action", [{"action": "conversation", "name": "room"}, {"action": "talk", "text": "x", "loop": 0}]
)
async def test_a_call_for_the_echo_waits_for_no_action_without_end(
    action: dict[str, Any], webhooks: WebhookServer, start_peer: StartPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ncco_player, "ECHO_PATIENCE_SECONDS", 0.2)
    webhooks.answer_with([action, connect(start_peer().uri)])
    result = await place_call(webhooks, greeting_spoken=True)
    assert result.verdict.outcome is Outcome.CONNECTION_FAILED
    assert result.verdict.errors == ["the last action ended before the caller hung up"]


@pytest.mark.parametrize("outcome", ["no socket", "no webhook"])
async def test_a_call_that_can_not_be_made_is_bad_whatever_is_expected(outcome: str, webhooks: WebhookServer) -> None:
    webhooks.answer_with([connect("ws://127.0.0.1:1/socket")])
    if outcome == "no webhook":
        webhooks.script("/webhooks/answer", {"status": 500})
        webhooks.script("/webhooks/fallback", {"status": 500})
    result = await place_call(webhooks, NOTHING)
    assert result.verdict.outcome is Outcome.CONNECTION_FAILED
