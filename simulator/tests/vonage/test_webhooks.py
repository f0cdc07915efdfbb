from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.record.events import ProblemFound, RequestFailed, RequestSent, ResponseReceived
from voice_simulator.record.record import Record
from voice_simulator.vonage.application import Application
from voice_simulator.vonage.requester import MAX_BODY_BYTES, TimeLimits, WebhookError
from voice_simulator.vonage.webhooks import Webhooks, request_id

LIMITS = TimeLimits(1, 1)
SHORT = TimeLimits(0.2, 0.2)
GOOD = {"status": 200, "body": b"[]"}


class Client:
    """The webhooks of one call, and its record."""

    def __init__(self, secret: str | None = None) -> None:
        self.client = Webhooks(Application("http://127.0.0.1:1/answer", signature_secret=secret))
        self.record = Record()

    async def request(self, method: str, url: str, fields: dict[str, Any], limits: TimeLimits) -> httpx2.Response:
        return await self.client.request(method, url, fields, limits, self.record, "event", "ringing")

    async def close(self) -> None:
        await self.client.close()


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    client = Client()
    yield client
    await client.close()


async def test_get_sends_query_parameters_and_keeps_those_of_the_url(client: Client, webhooks: WebhookServer) -> None:
    fields = {"from": "44 7+", "reason": "ü", "headers": {"a": 1}, "rate": None}
    await client.request("GET", f"{webhooks.address}/webhooks/events?attempt=1", fields, LIMITS)
    sent = {"attempt": "1", "from": "44 7+", "reason": "ü", "headers": json.dumps({"a": 1})}
    assert [(request.method, request.fields) for request in webhooks.requests] == [("GET", sent)]


async def test_post_sends_json(client: Client, webhooks: WebhookServer) -> None:
    fields = {"from": "447", "headers": {"a": "1"}, "rate": None}
    await client.request("POST", f"{webhooks.address}/webhooks/events?attempt=1", fields, LIMITS)
    assert webhooks.requests == [("POST", "/webhooks/events?attempt=1", fields)]


@pytest.mark.parametrize(
    "trouble", [{"status": 429}, {"status": 503}, {"status": 504}, {"reset": True}, {"hang": True}]
)
async def test_passing_trouble_is_tried_once_more(
    trouble: dict[str, Any], client: Client, webhooks: WebhookServer
) -> None:
    webhooks.script("/x", trouble, GOOD)
    limits = SHORT if "hang" in trouble else LIMITS
    response = await client.request("POST", f"{webhooks.address}/x", {}, limits)
    assert response.status_code == 200
    assert len(webhooks.requests) == 2


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        ({"status": 503, "body": b"draining"}, "/x answered 503 Service Unavailable draining"),
        ({"reset": True}, "/x can't be reached: Server disconnected"),
        ({"hang": True}, r"/x did not answer in time \(0.2 s to connect, 0.2 s to answer\)"),
    ],
)
async def test_lasting_trouble_is_an_error_after_two_attempts(
    trouble: dict[str, Any], message: str, client: Client, webhooks: WebhookServer
) -> None:
    webhooks.script("/x", trouble)
    limits = SHORT if "hang" in trouble else LIMITS
    with pytest.raises(WebhookError, match=message):
        await client.request("GET", f"{webhooks.address}/x", {}, limits)
    assert len(webhooks.requests) == 2


@pytest.mark.parametrize("status", [302, 400, 401, 404, 500, 502])
async def test_other_statuses_are_errors_at_once(status: int, client: Client, webhooks: WebhookServer) -> None:
    webhooks.script("/x", {"status": status, "body": b"no"})
    with pytest.raises(WebhookError, match=f"/x answered {status} .* no"):
        await client.request("GET", f"{webhooks.address}/x", {}, LIMITS)
    assert len(webhooks.requests) == 1


async def test_nobody_there(client: Client) -> None:
    with pytest.raises(WebhookError, match=r"http://127.0.0.1:1/x can't be reached: .*; is the server running\?"):
        await client.request("GET", "http://127.0.0.1:1/x", {}, LIMITS)


@pytest.mark.parametrize(
    ("reply", "secret", "advice"),
    [
        ({"status": 401}, None, "the request was not signed: set VONAGE_SIGNATURE_SECRET to the server's"),
        ({"status": 401}, "x" * 32, "is VONAGE_SIGNATURE_SECRET the same here and at the server?"),
        (
            {"status": 307, "location": "https://h/x"},
            None,
            "it redirects to https://h/x, and redirects are not followed",
        ),
    ],
)
async def test_a_status_that_can_be_helped_says_how(
    reply: dict[str, Any], secret: str | None, advice: str, webhooks: WebhookServer
) -> None:
    webhooks.script("/x", reply)
    client = Client(secret)
    with pytest.raises(WebhookError) as error:
        await client.request("GET", f"{webhooks.address}/x", {}, LIMITS)
    await client.close()
    assert f"/x answered {reply['status']} " in str(error.value)
    assert advice in str(error.value)


async def test_a_body_without_end_is_refused(client: Client, webhooks: WebhookServer) -> None:
    webhooks.script("/x", {"status": 200, "body": b" " * (MAX_BODY_BYTES + 1)})
    with pytest.raises(WebhookError, match="/x sent a body of more than 1 MiB"):
        await client.request("GET", f"{webhooks.address}/x", {}, LIMITS)
    assert len(webhooks.requests) == 1


@pytest.mark.parametrize(
    ("coding", "body", "trouble"),
    [
        ("gzip", gzip.compress(bytes(64 * MAX_BODY_BYTES)), "sent a body of more than 1 MiB"),
        ("br", b"", "sent a body in the coding 'br'; only gzip and deflate were offered"),
        ("gzip", b"no gzip", "incorrect header check"),
    ],
)
async def test_a_body_that_can_not_be_decoded_within_bounds_is_refused(
    coding: str, body: bytes, trouble: str, client: Client, webhooks: WebhookServer
) -> None:
    webhooks.script("/x", {"status": 200, "body": body, "coding": coding})
    with pytest.raises(WebhookError, match=trouble):
        await client.request("GET", f"{webhooks.address}/x", {}, LIMITS)
    assert len(webhooks.requests) == 1


async def test_a_header_that_is_not_ascii_is_taken(client: Client, webhooks: WebhookServer) -> None:
    webhooks.script("/x", GOOD | {"content_type": "application/json; owner=Jürgen"})
    response = await client.request("GET", f"{webhooks.address}/x", {}, LIMITS)
    assert response.content == b"[]"


async def test_a_public_address_is_reached_through_the_proxy_that_the_environment_names(
    client: Client, webhooks: WebhookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", webhooks.address)
    await client.request("GET", "http://voice.example/x", {}, LIMITS)
    assert [request.path for request in webhooks.requests] == ["http://voice.example/x"]
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    await client.request("GET", f"{webhooks.address}/x", {}, LIMITS)
    assert len(webhooks.requests) == 2, "this machine is not reached through a proxy"


async def test_a_body_that_trickles_takes_no_longer_than_the_answer_may(
    client: Client, webhooks: WebhookServer
) -> None:
    webhooks.script("/x", {"status": 200, "body": b"[]" * 60, "trickle": True})
    with pytest.raises(WebhookError, match="/x did not answer in time") as error:
        await client.request("GET", f"{webhooks.address}/x", {}, SHORT)
    assert error.value.timed_out


async def test_a_request_and_its_response_are_recorded(client: Client, webhooks: WebhookServer) -> None:
    webhooks.script("/webhooks/answer", GOOD)
    response = await client.request("GET", url := f"{webhooks.address}/webhooks/answer", {"a": 1}, LIMITS)
    (sent, received) = client.record.events
    assert sent == RequestSent(sent.at, 0, "event", "ringing", "GET", url, {"a": 1}, attempt=1)
    assert isinstance(received, ResponseReceived)
    assert (received.status, received.reason, received.content_type) == (200, "OK", "application/json")
    assert (received.body, received.body_bytes, received.authorization) == ([], 2, None)
    assert received.seconds == 0
    assert request_id(response) == received.id == 0


async def test_a_retry_is_a_request_of_its_own(client: Client, webhooks: WebhookServer) -> None:
    webhooks.script("/event", {"status": 503}, {"status": 204})
    await client.request("POST", f"{webhooks.address}/event", {}, LIMITS)
    assert [(sent.id, sent.attempt) for sent in client.record.of(RequestSent)] == [(0, 1), (1, 2)]
    assert [(received.id, received.status) for received in client.record.of(ResponseReceived)] == [(0, 503), (1, 204)]


async def test_a_response_that_cannot_be_used_is_a_problem(client: Client, webhooks: WebhookServer) -> None:
    webhooks.script("/event", {"status": 500, "body": b"oops"})
    with pytest.raises(WebhookError):
        await client.request("POST", f"{webhooks.address}/event", {}, LIMITS)
    (problem,) = client.record.of(ProblemFound)
    assert (problem.request, problem.section, problem.breaks_rule) == (0, "6", True)
    assert problem.sentence == "the webhook answered 500 Internal Server Error oops"


async def test_each_failure_is_recorded(client: Client) -> None:
    with pytest.raises(WebhookError):
        await client.request("POST", "http://127.0.0.1:1/event", {}, LIMITS)
    failures = client.record.of(RequestFailed)
    assert [failure.id for failure in failures] == [0, 1]
    assert failures[1].sentence == "can't be reached: nothing listens at 127.0.0.1:1; is the server running?"
