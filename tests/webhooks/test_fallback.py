from __future__ import annotations

import pytest

from webhooks.fallback import FailedAnswer, parse_failed_answer
from webhooks.fields import Fields

URL = "https://echo.example.com/webhooks/answer"


def test_as_the_platform_documents_it() -> None:
    fields = {
        "reason": "Connection timed out",
        "original_request": {"url": URL, "type": "GET"},
        "uuid": "u-1",
        "conversation_uuid": "CON-1",
        "from": "447700900002",
    }
    assert parse_failed_answer(fields) == FailedAnswer("Connection timed out", URL, "u-1", "CON-1")


def test_every_field_may_be_logged() -> None:
    fields = {"reason": "no answer for 447700900002", "original_request": {"url": f"{URL}?from=447700900002"}}
    assert parse_failed_answer(fields) == FailedAnswer("no answer for …", f"{URL}…", None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"original_request": f'{{"url": "{URL}", "type": "GET"}}'},
        {"original_request[url]": URL},
        {"original_request.url": URL},
        {"original_request_url": URL},
    ],
)
def test_original_request_in_a_query(fields: Fields) -> None:
    assert parse_failed_answer(fields).original_url == URL


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"original_request": None, "reason": None},
        {"original_request": "not JSON"},
        {"original_request": "[" * 10_000},
        {"original_request": "7"},
        {"original_request": ["a"]},
        {"original_request": {"url": 7}},
        {"reason": ["a"], "uuid": 7, "conversation_uuid": "odd characters"},
    ],
)
def test_malformed_fields_are_left_out(fields: Fields) -> None:
    assert parse_failed_answer(fields) == FailedAnswer(None, None, None, None)
