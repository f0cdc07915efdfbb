"""The kit's requests to webhooks: signed, and patient where the application has a limit."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from simulator.tests.check.conftest import described
from simulator.tests.harness.exchange import Request, Response
from simulator.tests.zoo.conformance.application import Application
from voice_simulator.check.requests import REFUSALS, Requests
from voice_simulator.vonage.requester import WebhookError

FULL = Response(429, headers=(("Retry-After", "0"),))


class Scripted(Application):
    """Answers with these responses, then with 204."""

    def __init__(self, *responses: Response) -> None:
        super().__init__()
        self.responses = deque(responses)
        self.requests: list[Request] = []

    async def respond(self, request: Request) -> Response:
        self.requests.append(request)
        return self.responses.popleft() if self.responses else Response(204)


@asynccontextmanager
async def sending(application: Application) -> AsyncIterator[Requests]:
    async with application:
        requests = Requests(described(application))
        try:
            yield requests
        finally:
            await requests.close()


async def test_a_question_goes_by_query_or_as_json_and_is_signed() -> None:
    application = Scripted()
    async with sending(application) as requests:
        for method in ("GET", "POST"):
            await requests.send(method, application.answer_url, {"from": "1", "to": None, "more": {"a": 1}})
    got, posted = application.requests
    assert got.query == {"from": "1", "more": '{"a": 1}'}
    assert posted.fields == {"from": "1", "to": None, "more": {"a": 1}}
    assert all(Application.is_signed(application, request) for request in (got, posted))


async def test_a_request_can_go_unsigned() -> None:
    application = Scripted()
    async with sending(application) as requests:
        await requests.send("GET", application.answer_url, {}, auth=None, headers={"X-Other": "1"})
    assert "Authorization" not in application.requests[0].headers
    assert application.requests[0].headers["X-Other"] == "1"


async def test_a_limit_that_says_when_it_ends_is_waited_for() -> None:
    application = Scripted(FULL, FULL)
    async with sending(application) as requests:
        response = await requests.send("GET", application.answer_url, {})
    assert response.status_code == 204
    assert len(application.requests) == 3


async def test_a_limit_without_end_is_given_up() -> None:
    application = Scripted(*[FULL] * (REFUSALS + 5))
    async with sending(application) as requests:
        response = await requests.send("GET", application.answer_url, {})
    assert response.status_code == 429
    assert len(application.requests) == 1 + REFUSALS


async def test_a_refusal_that_says_nothing_is_an_answer() -> None:
    application = Scripted(Response(429))
    async with sending(application) as requests:
        assert (await requests.send("GET", application.answer_url, {})).status_code == 429


async def test_where_there_is_a_limit_one_asks_after_the_other() -> None:
    class Counting(Scripted):
        at_once = most_at_once = 0

        async def respond(self, request: Request) -> Response:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            await asyncio.sleep(0)
            self.at_once -= 1
            return await super().respond(request)

    application = Counting(FULL)
    async with sending(application) as requests:
        await requests.send("GET", application.answer_url, {})
        application.most_at_once, application.responses = 0, deque([FULL] * REFUSALS)
        asked = [requests.send("GET", application.answer_url, {"n": str(n)}) for n in range(REFUSALS)]
        responses = await asyncio.gather(*asked)
    assert application.most_at_once == 1
    assert [response.status_code for response in responses] == [429, *[204] * (REFUSALS - 1)]


async def test_a_limit_of_one_url_holds_no_other_up() -> None:
    application = Scripted(FULL)
    async with sending(application) as requests:
        await requests.send("GET", application.answer_url, {})
        meeting = asyncio.Barrier(2)

        class Meeting(Scripted):
            async def respond(self, request: Request) -> Response:
                await meeting.wait()
                return Response(204)

        async with Meeting() as other:
            urls = (f"{other.address}/a", f"{other.address}/b")
            await asyncio.gather(*(requests.send("POST", url, {}) for url in urls))


async def test_nobody_there_is_told() -> None:
    async with sending(Scripted()) as requests:
        with pytest.raises(WebhookError, match=r"nothing listens at 127\.0\.0\.1:1"):
            await requests.send("GET", "http://127.0.0.1:1/", {})
