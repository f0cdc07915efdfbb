from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from webhooks import create_app
from webhooks.fallback import FailedRequest, parse_failed_request
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
    assert parse_failed_request(fields) == FailedRequest("Connection timed out", URL, "u-1", "CON-1")


def test_every_field_may_be_logged() -> None:
    fields = {"reason": "no answer for 447700900002", "original_request": {"url": f"{URL}?from=447700900002"}}
    assert parse_failed_request(fields) == FailedRequest("no answer for …", f"{URL}…", None, None)


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
    assert parse_failed_request(fields).original_url == URL


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
    assert parse_failed_request(fields) == FailedRequest(None, None, None, None)


EVENT = {
    "status": "disconnected",
    "uuid": "u-2",
    "conversation_uuid": "CON-1",
    "to": "wss://echo.example.com/socket",
    "headers": {"call_uuid": "u-1", "conversation_uuid": "CON-1"},
    "reason": "Connection timed out",
}
NOW = 1_800_000_000.0
CONNECT_URL = f"https://echo.example.com/webhooks/events?due={NOW - 60:.3f}&failures=0&lost=0.0"


def ask(client: FlaskClient, url: object, **changed: object) -> Any:
    original = {} if url is None else {"original_request": {"url": url, "type": "POST"}}
    return client.post("/webhooks/fallback", json=EVENT | original | changed, headers={"Host": "echo.example.com"})


@pytest.fixture
def timed() -> FlaskClient:
    """A client of an application whose clock stands still."""
    app = create_app(clock=lambda: NOW)
    app.testing = True
    return app.test_client()


@pytest.mark.parametrize("path", ["events", "event"])
@pytest.mark.parametrize("status", ["disconnected", "failed", "unanswered", "timeout", "rejected", None])
def test_a_call_that_lost_its_socket_is_moved(timed: FlaskClient, status: str | None, path: str) -> None:
    url = CONNECT_URL.replace("/events", f"/{path}")
    asked = timed.post(url.partition("com")[2], json=EVENT | {"status": status}, headers={"Host": "echo.example.com"})
    assert ask(timed, url, status=status).get_json()[-1] == asked.get_json()[-1]
    assert asked.get_json()[-1]["endpoint"][0]["headers"] == EVENT["headers"]
    page = timed.get("/metrics").text
    assert "webhooks_fallbacks_total 1.0" in page
    assert "webhooks_calls_moved_total 2.0" in page
    assert "webhooks_connects_paced_total 0.0" in page  # as a duplicate, it takes no second slot


def test_a_call_is_moved_by_a_get_too(timed: FlaskClient) -> None:
    fields = {"status": "disconnected", "to": "wss://host/socket", "conversation_uuid": "CON-1"}
    original = json.dumps({"url": CONNECT_URL, "type": "GET"})
    ncco = timed.get("/webhooks/fallback", query_string={**fields, "original_request": original}).get_json()
    assert [action["action"] for action in ncco] == ["connect"]


def test_a_call_that_has_no_socket_for_too_long_is_given_up(timed: FlaskClient) -> None:
    url = CONNECT_URL.replace("lost=0.0", "lost=31.0")
    assert [action["action"] for action in ask(timed, url, status="failed").get_json()] == ["talk"]
    assert "webhooks_calls_given_up_total 1.0" in timed.get("/metrics").text


@pytest.mark.parametrize("changed", [{"status": "answered"}, {"status": "completed"}, {"to": "442079460000"}])
def test_an_event_that_needs_no_socket_ends_no_call(timed: FlaskClient, changed: dict[str, object]) -> None:
    response = ask(timed, CONNECT_URL, **changed)
    assert (response.status_code, response.data) == (204, b"")


@pytest.mark.parametrize(
    "url",
    [
        None,
        7,
        "",
        "https://[",
        "https://echo.example.com/webhooks/events",  # the account's own
        "https://echo.example.com/webhooks/answer?due=1800000000",
        "https://echo.example.com/elsewhere?due=1800000000",
        f"wss://host/socket?{CONNECT_URL}",
    ],
)
def test_whatever_else_failed_is_answered_with_an_apology(timed: FlaskClient, url: object) -> None:
    assert [action["action"] for action in ask(timed, url).get_json()] == ["talk"]
    assert "webhooks_calls_moved_total 0.0" in timed.get("/metrics").text


@pytest.mark.parametrize("changed", [{"uuid": 7}, {"conversation_uuid": "odd characters"}, {"to": ["a"]}])
def test_a_malformed_field_costs_no_move(timed: FlaskClient, changed: dict[str, object]) -> None:
    assert [action["action"] for action in ask(timed, CONNECT_URL, **changed).get_json()] == ["connect"]


def test_no_event_at_all_is_answered_with_an_apology(timed: FlaskClient) -> None:
    fields = {"original_request": {"url": CONNECT_URL}, "to": "wss://echo.example.com/socket"}
    assert [action["action"] for action in timed.post("/webhooks/fallback", json=fields).get_json()] == ["talk"]


def test_a_call_that_cannot_move_for_want_of_an_address_is_answered_with_an_apology(timed: FlaskClient) -> None:
    fields = {**EVENT, "original_request": {"url": CONNECT_URL}}
    ncco = timed.post("/webhooks/fallback", json=fields, headers={"Host": "bad host"}).get_json()
    assert [action["action"] for action in ncco] == ["talk"]
