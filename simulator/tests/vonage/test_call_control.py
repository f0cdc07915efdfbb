from __future__ import annotations

import json

from simulator.tests.harness.echo_peer import StartPeer, close
from simulator.tests.harness.placing import FOREVER, connect, ncco, place_call, script
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.call.verdict import Outcome


async def test_webhooks_by_post_and_events_by_get(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    answer = ncco(start_peer().uri)
    answer[1] |= {"eventUrl": [f"{webhooks.address}/webhooks/events"], "eventMethod": "GET"}
    webhooks.answer_with(answer)
    result = await place_call(webhooks, application={"method": "POST"})
    assert result.verdict.outcome is Outcome.GOOD
    methods = [request.method for request in webhooks.requests]
    assert methods == ["POST", "POST", "POST", "POST", "GET", "GET", "GET", "POST"]


async def test_a_wrong_ncco(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    peer = start_peer()
    answer = ncco(peer.uri)
    webhooks.answer_with([{"action": "talk", "text": ""}, answer[1]])
    result = await place_call(webhooks)
    assert result.verdict.outcome is Outcome.NCCO_WRONG
    problem = 'NCCO[0].text must be 1 to 1500 characters, not only spaces; it is ""'
    assert result.verdict.errors == [f"{problem} (ncco.talk-text; platform.md, 2.2)"]
    rejection, completed = webhooks.events()[-2:]
    assert rejection.keys() == {"reason", "conversation_uuid", "timestamp"}
    assert rejection["reason"] == f"Syntax error in NCCO. {problem}"
    assert completed["status"] == "completed"
    assert peer.texts == []


async def test_an_answer_webhook_that_fails_brings_in_the_fallback(webhooks: WebhookServer) -> None:
    webhooks.script("/webhooks/answer", {"status": 500})
    sorry = json.dumps([{"action": "talk", "text": "Sorry"}]).encode()
    webhooks.script("/webhooks/fallback", {"status": 200, "body": sorry})
    result = await place_call(webhooks, application={"method": "POST"})
    assert result.verdict.outcome is Outcome.CONNECTION_FAILED
    reason = f"{webhooks.address}/webhooks/answer answered 500 Internal Server Error"
    assert result.verdict.errors == [f"answer webhook: {reason}"]

    answer, fallback = webhooks.requests[:2]
    original = {"url": f"{webhooks.address}/webhooks/answer", "type": "POST"}
    assert fallback.path == "/webhooks/fallback"
    assert fallback.fields == answer.fields | {"reason": reason, "original_request": original}


async def test_no_webhook_at_all(webhooks: WebhookServer) -> None:
    webhooks.script("/webhooks/answer", {"status": 500})
    webhooks.script("/webhooks/fallback", {"status": 404})
    result = await place_call(webhooks)
    assert result.verdict.outcome is Outcome.CONNECTION_FAILED
    assert [error.partition(":")[0] for error in result.verdict.errors] == ["answer webhook", "fallback webhook"]


async def test_a_failing_event_webhook_is_a_warning(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with(ncco(start_peer().uri))
    webhooks.script("/webhooks/events", {"status": 204}, {"status": 400, "body": b"no"}, {"status": 204})
    result = await place_call(webhooks)
    assert result.verdict.outcome is Outcome.GOOD
    assert result.verdict.warnings == [f"event ringing: {webhooks.address}/webhooks/events answered 400 Bad Request no"]


async def test_duplicated_events_come_twice_and_out_of_order(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with([connect(start_peer().uri, webhooks.events_url(1))])
    await place_call(webhooks, events_duplicated=True)
    statuses = [request.fields["status"] for request in webhooks.requests if request.path.endswith("attempt=1")]
    assert statuses[:2] == ["ringing"] * 2
    assert sorted(statuses[2:5]) == ["answered", "answered", "ringing"]
    assert sorted(statuses[5:]) == ["answered", "completed", "completed"]


async def test_an_event_that_is_not_synchronous_brings_no_ncco(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    action = connect(start_peer(close).uri, webhooks.events_url(1))
    del action["eventType"]
    webhooks.answer_with([action])
    webhooks.nccos["disconnected"] = [[connect(start_peer().uri)]]
    result = await place_call(webhooks, script(seconds=FOREVER))
    assert (result.verdict.outcome, result.moves) == (Outcome.CONNECTION_FAILED, 0)


async def test_a_wrong_new_ncco_is_wrong(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with([connect(start_peer(close).uri, webhooks.events_url(1))])
    webhooks.nccos["disconnected"] = [{"action": "talk"}]
    result = await place_call(webhooks, script(seconds=FOREVER))
    assert (result.verdict.outcome, result.hung_up) == (Outcome.NCCO_WRONG, False)
    assert result.verdict.errors[0].startswith("the NCCO must be a JSON array")
    assert webhooks.events()[-2]["reason"].startswith("Syntax error in NCCO.")
