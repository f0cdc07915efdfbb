from __future__ import annotations

from typing import Any

import pytest

from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.vonage.course import Course
from voice_simulator.vonage.webhook_client import TimeLimits, WebhookClient, WebhookError
from voice_simulator.vonage.webhook_exchange import request_id

LIMITS = TimeLimits(1, 1)


class Watched:
    """A client whose requests are watched; keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.client = WebhookClient(
            course=Course(lambda time, kind, particulars: self.told.append((kind, particulars)))
        )

    async def request(self, url: str, method: str = "POST") -> Any:
        try:
            return await self.client.request(method, url, {"a": 1}, LIMITS, "event ringing")
        finally:
            await self.client.close()

    @property
    def kinds(self) -> list[tuple[str, int]]:
        return [(kind, particulars["id"]) for kind, particulars in self.told]


async def test_a_request_and_its_response_are_told(webhooks: WebhookServer) -> None:
    watched = Watched()
    webhooks.script("/webhooks/answer", {"status": 200, "body": b"[]"})
    response = await watched.request(url := f"{webhooks.address}/webhooks/answer", "GET")
    (_, request), (_, told) = watched.told
    assert request == {"id": 0, "name": "event ringing", "method": "GET", "url": url, "fields": {"a": 1}, "attempt": 1}
    assert (told["status"], told["reason"], told["content_type"]) == (200, "OK", "application/json")
    assert (told["body"], told["body_bytes"], told["authorization"]) == ("[]", 2, None)
    assert 0 < told["seconds"] < 5
    assert request_id(response) == 0


async def test_a_retry_is_a_request_of_its_own(webhooks: WebhookServer) -> None:
    watched = Watched()
    webhooks.script("/event", {"status": 503}, {"status": 204})
    await watched.request(f"{webhooks.address}/event")
    assert watched.kinds == [("request", 0), ("response", 0), ("request", 1), ("response", 1)]
    assert [particulars["attempt"] for kind, particulars in watched.told if kind == "request"] == [1, 2]


async def test_a_response_that_cannot_be_used_is_a_finding(webhooks: WebhookServer) -> None:
    watched = Watched()
    webhooks.script("/event", {"status": 500, "body": b"oops"})
    with pytest.raises(WebhookError):
        await watched.request(f"{webhooks.address}/event")
    kind, finding = watched.told[-1]
    assert (kind, finding["id"], finding["section"], finding["breaks_rule"]) == ("finding", 0, "6", True)
    assert finding["sentence"] == "the webhook answered 500 Internal Server Error oops"


async def test_that_no_response_comes_is_told_each_time() -> None:
    watched = Watched()
    with pytest.raises(WebhookError):
        await watched.request("http://127.0.0.1:1/event")
    assert watched.kinds == [("request", 0), ("request_failed", 0), ("request", 1), ("request_failed", 1)]
    assert watched.told[-1][1]["sentence"] == "can't be reached: nothing listens at 127.0.0.1:1; is the server running?"
