from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.tests.harness.placing import place_call, script
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.record.steps import steps

PHONE = {"type": "phone", "number": "447700900001"}


def connect(webhooks: WebhookServer, endpoint: dict[str, Any] = PHONE, **more: Any) -> dict[str, Any]:
    url = f"{webhooks.address}/callee"
    return {"action": "connect", "endpoint": [endpoint], "eventUrl": [url], "from": "442079460000"} | more


async def place(webhooks: WebhookServer, *actions: dict[str, Any], **options: Any) -> CallResult:
    webhooks.answer_with(list(actions))
    return await place_call(webhooks, script(expect="nothing", seconds=options.pop("seconds", 2.5)), **options)


def told(webhooks: WebhookServer) -> list[dict[str, Any]]:
    return [request.fields for request in webhooks.requests if request.path == "/callee"]


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [
        (PHONE, "447700900001"),
        ({"type": "sip", "uri": "sip:bob@host", "headers": {"a": "b"}}, "sip:bob@host"),
        ({"type": "sip", "user": "bob", "domain": "acme"}, "sip:bob@acme"),
        ({"type": "app", "user": "bob"}, "bob"),
        ({"type": "vbc", "extension": "123"}, "123"),
    ],
)
async def test_who_answers_stays_until_the_caller_hangs_up(
    endpoint: dict[str, Any], address: str, webhooks: WebhookServer
) -> None:
    result = await place(webhooks, connect(webhooks, endpoint), seconds=1.5)
    assert (result.verdict.outcome, result.hung_up) == (Outcome.GOOD, True)
    assert [event["status"] for event in told(webhooks)] == ["started", "ringing", "answered", "completed"]
    assert {(event["to"], event["direction"]) for event in told(webhooks)} == {(address, "outbound")}
    assert all(event.get("headers") == endpoint.get("headers") for event in told(webhooks))
    assert webhooks.requests[-1].fields["uuid"] == webhooks.requests[0].fields["uuid"]  # the caller's leg ends last


async def test_a_limit_ends_the_leg_and_the_call_goes_on(webhooks: WebhookServer) -> None:
    result = await place(webhooks, connect(webhooks, limit=1), {"action": "wait", "timeout": 0.1}, seconds=4)
    assert not result.hung_up
    assert [step.kind for step in steps(result.record) if step.kind != "event"] == ["connect", "wait"]


@pytest.mark.parametrize(
    ("callee", "statuses"),
    [("busy", ["started", "ringing", "busy"]), ("unanswered", ["started", "ringing", "unanswered"])],
)
@pytest.mark.parametrize("synchronous", [True, False])
async def test_who_can_not_be_reached_brings_a_new_ncco_if_it_is_asked_for(
    callee: Any, statuses: list[str], synchronous: bool, webhooks: WebhookServer
) -> None:
    webhooks.nccos[statuses[-1]] = [[{"action": "conversation", "name": "waiting room"}]]
    more: dict[str, Any] = {"timeout": 1} | ({"eventType": "synchronous"} if synchronous else {})
    behind = {"action": "wait", "timeout": 0.1}
    result = await place(webhooks, connect(webhooks, **more), behind, callee=callee)
    assert [event["status"] for event in told(webhooks)] == statuses
    played = [step.kind for step in steps(result.record) if step.kind in ("wait", "conversation")]
    assert played == (["conversation"] if synchronous else ["wait"])
    assert result.hung_up is synchronous


async def test_who_hangs_up_while_it_rings_cancels(webhooks: WebhookServer) -> None:
    await place(webhooks, connect(webhooks), callee="unanswered", seconds=0.5)
    assert [event["status"] for event in told(webhooks)] == ["started", "ringing", "cancelled"]


async def test_a_leg_over_the_accounts_limit_is_refused(webhooks: WebhookServer) -> None:
    twice = connect(webhooks, limit=1)
    await place(webhooks, twice, twice, connects_per_second=0.01, refused_as="rejected", seconds=4)
    assert [event["status"] for event in told(webhooks)] == [
        "started", "ringing", "answered", "completed", "rejected",
    ]  # fmt: skip


async def test_a_human_is_told_where_machines_are_looked_for(webhooks: WebhookServer) -> None:
    await place(webhooks, connect(webhooks, machineDetection="continue"), seconds=1.5)
    assert [event["status"] for event in told(webhooks)][2:4] == ["answered", "human"]


@pytest.mark.parametrize(
    ("body", "warnings"),
    [
        ([{"action": "talk", "text": "A call for you"}], []),
        ([{"action": "talk"}], ["onAnswer: NCCO[0].text is missing (ncco.talk-text; platform.md, 2.2)"]),
    ],
)
async def test_the_ncco_for_who_answers_is_checked(body: object, warnings: list[str], webhooks: WebhookServer) -> None:
    webhooks.script("/on-answer", {"status": 200, "body": json.dumps(body).encode()})
    endpoint = PHONE | {"onAnswer": {"url": f"{webhooks.address}/on-answer"}}
    result = await place(webhooks, connect(webhooks, endpoint), seconds=1.5)
    assert result.verdict.warnings == warnings
    assert any(request.path.startswith("/on-answer?") for request in webhooks.requests)
