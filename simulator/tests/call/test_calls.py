from __future__ import annotations

import asyncio
import json
from time import perf_counter
from typing import Any

import pytest

from simulator.tests.harness.echo_peer import StartPeer, close
from simulator.tests.harness.placing import FOREVER, FRAMES, SHORT, connect, place_call, plan, script
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.call.call import Call
from voice_simulator.call.calls import place_calls
from voice_simulator.call.joint_start import JointStart
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.script import Script
from voice_simulator.vonage.leg_limit import LegLimit, RefusedAs
from voice_simulator.vonage.webhooks import Webhooks

REASON = "429: limit of new legs exceeded"
ONCE_A_DAY = 1 / 86400
WAYS: list[RefusedAs] = ["failed", "rejected", "timeout", "reason"]


async def place_in_full_window(
    webhooks: WebhookServer, refused_as: RefusedAs, seconds_left: float, script: Script = SHORT
) -> CallResult:
    """Place a call of an account whose window of one leg a second is taken for so many seconds."""
    limit, planned = LegLimit(1, refused_as), plan(webhooks, script)
    client = Webhooks(planned.application)
    call = Call(planned, 0, client, JointStart(1), limit)
    await call.begin()
    limit.open_leg(perf_counter() - 1 + seconds_left)
    await call.play()
    await client.close()
    return call.result


def refusals(webhooks: WebhookServer) -> list[dict[str, Any]]:
    return [event for event in webhooks.events() if event.get("reason") == REASON]


@pytest.mark.parametrize("way", WAYS)
async def test_a_refused_connect_is_tried_again_as_the_new_ncco_says(
    way: RefusedAs, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    peer = start_peer()
    webhooks.answer_with([connect(peer.uri, webhooks.events_url(1), headers={"a": "1"})])
    again = [{"action": "wait", "timeout": 0.1}, connect(peer.uri, webhooks.events_url(2), headers={"a": "2"})]
    webhooks.nccos[way] = [again for _ in range(20)]
    result = await place_in_full_window(webhooks, way, seconds_left=0.5)

    assert (result.verdict.outcome, result.verdict.errors, result.verdict.warnings) == (Outcome.GOOD, [], [])
    assert (result.record.frames.returned, result.moves, result.lost) == (FRAMES, 0, False)
    assert [text["a"] for text in peer.texts] == ["2"]
    told = refusals(webhooks)
    assert result.connects_refused == len(told) == 20 - len(webhooks.nccos[way])
    assert told[0]["to"] == peer.uri
    assert told[0]["headers"] == {"a": "1"}
    assert [event.get("status") for event in told] == [None if way == "reason" else way] * len(told)
    # A leg of its own, of which nothing else is told.
    uuids = [event["uuid"] for event in webhooks.events()]
    assert [uuids.count(event["uuid"]) for event in told] == [1] * len(told)
    paths = [request.path for request in webhooks.requests if request.fields.get("reason") == REASON]
    assert paths == ["/webhooks/events?attempt=1"] + ["/webhooks/events?attempt=2"] * (len(told) - 1)


async def test_a_move_that_is_refused_is_one_gap(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with([connect(start_peer(close).uri, webhooks.events_url(1))])
    again = [{"action": "wait", "timeout": 0.1}, connect(start_peer().uri, webhooks.events_url(2))]
    webhooks.nccos["disconnected"] = [again[1:]]
    webhooks.nccos["rejected"] = [again for _ in range(20)]
    result = await place_call(webhooks, script(seconds=2.5), connects_per_second=1)
    assert (result.verdict.outcome, result.moves, len(result.record.frames.gaps)) == (Outcome.GOOD, 1, 1)
    assert result.connects_refused > 0
    assert len(result.verdict.warnings) == 1  # that the socket was closed


@pytest.mark.parametrize("way", WAYS)
async def test_without_a_new_ncco_a_refused_call_is_lost(
    way: RefusedAs, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    peer = start_peer()
    webhooks.answer_with([connect(peer.uri, webhooks.events_url(1))])
    result = await place_in_full_window(webhooks, way, seconds_left=FOREVER)
    assert result.verdict.errors == [f"socket {peer.uri}: {REASON}"]
    assert (result.verdict.outcome, result.lost, result.given_up) == (Outcome.CONNECTION_FAILED, True, False)
    assert (result.connects_refused, peer.texts) == (1, [])


async def test_a_connect_without_synchronous_events_brings_no_new_ncco(
    webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    action = connect(start_peer().uri, webhooks.events_url(1))
    del action["eventType"]
    webhooks.answer_with([action])
    webhooks.nccos["rejected"] = [[connect(start_peer().uri)]]
    result = await place_in_full_window(webhooks, "rejected", seconds_left=FOREVER)
    assert (result.lost, result.connects_refused) == (True, 1)


async def test_an_undelivered_refusal_is_a_warning(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with([connect(start_peer().uri, f"{webhooks.address}/refusals")])
    webhooks.script("/refusals", {"status": 400})
    result = await place_in_full_window(webhooks, "reason", seconds_left=FOREVER)
    assert result.verdict.warnings == [f"event without a status: {webhooks.address}/refusals answered 400 Bad Request"]


async def test_the_calls_of_a_run_share_the_limit(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    peer = start_peer()
    webhooks.answer_with([connect(peer.uri, webhooks.events_url(1))])
    results = await place_calls(plan(webhooks, calls=3, connects_per_second=ONCE_A_DAY), watch=lambda results: None)
    assert sorted(result.lost for result in results) == [False, True, True]
    assert sum(result.connects_refused for result in results) == 2
    assert len(peer.texts) == 1


@pytest.mark.parametrize("spoken", [False, True])
async def test_a_call_is_given_up_by_an_ncco_without_a_connect(
    spoken: bool, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    webhooks.answer_with([connect(start_peer(close).uri, webhooks.events_url(1))])
    webhooks.nccos["disconnected"] = [[{"action": "talk", "text": "Sorry" * 100}]]  # takes 33 s
    result = await place_call(webhooks, script(seconds=0.3), greeting_spoken=spoken)
    assert (result.verdict.outcome, result.hung_up) == (Outcome.CONNECTION_FAILED, spoken)
    assert (result.given_up, result.lost) == (True, True)


async def test_a_refused_call_may_be_given_up(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with([connect(start_peer().uri, webhooks.events_url(1))])
    webhooks.nccos["rejected"] = [[{"action": "wait", "timeout": 0.1}]]
    result = await place_in_full_window(webhooks, "rejected", seconds_left=FOREVER)
    assert (result.given_up, result.lost, result.connects_refused) == (True, True, 1)


async def test_with_a_limit_no_call_waits_for_the_answers_of_others(
    webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    peer = start_peer()
    answer = {"status": 200, "body": json.dumps([connect(peer.uri)]).encode()}
    webhooks.script("/webhooks/answer", answer, answer | {"after": peer.ended})
    async with asyncio.timeout(5):
        results = await place_calls(plan(webhooks, calls=2, connects_per_second=9), watch=lambda results: None)
    assert [result.verdict.outcome for result in results] == [Outcome.GOOD] * 2
