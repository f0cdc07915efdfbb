import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.socket_token import verify_token
from tests.harness.forge import SOCKET_SECRET
from webhooks import create_app


def report(client: FlaskClient, url: str, **changed: object) -> Any:
    """Send the platform's event about a socket that the server closed to an event URL."""
    socket_event = {
        "status": "disconnected",
        "uuid": "u-2",  # the socket's leg's own
        "conversation_uuid": "CON-1",
        "from": "442079460000",
        "to": "wss://echo.example.com/socket",
        "headers": {"call_uuid": "u-1", "conversation_uuid": "CON-1"},
    }
    return client.post(url, json=socket_event | changed, headers={"Host": "echo.example.com"})


def answered(client: FlaskClient) -> Any:
    return client.get("/webhooks/answer?uuid=u-1&conversation_uuid=CON-1").get_json()[-1]


def event_url(connect: Any) -> str:
    return str(connect["eventUrl"][0].partition("://")[2].partition("/")[2])


def test_a_lost_socket_is_answered_with_another_for_the_same_call_and_no_greeting(client: FlaskClient) -> None:
    (connect,) = report(client, event_url(answered(client))).get_json()
    assert connect["action"] == "connect"
    (endpoint,) = connect["endpoint"]
    assert endpoint["headers"] == {"call_uuid": "u-1", "conversation_uuid": "CON-1"}
    token = endpoint["authorization"]["value"].removeprefix("Bearer ")
    assert verify_token(token, [SOCKET_SECRET], time.time()).call_uuid == "u-1"
    assert event_url(connect).startswith("webhooks/events?attempt=2&at=")
    assert "webhooks_calls_moved_total 1.0" in client.get("/metrics").text


def test_the_last_attempt_is_answered_with_an_apology(client: FlaskClient) -> None:
    connect = answered(client)
    for _ in range(2):
        (connect,) = report(client, event_url(connect), status="failed").get_json()
    (apology,) = report(client, event_url(connect), status="failed").get_json()
    assert apology["action"] == "talk"
    assert "webhooks_calls_given_up_total 1.0" in client.get("/metrics").text


def test_a_repeated_event_is_answered_alike(client: FlaskClient) -> None:
    url = event_url(answered(client))
    first, second = (report(client, url).get_json()[0] for _ in range(2))
    assert [event_url(connect).partition("&at=")[0] for connect in (first, second)] == ["webhooks/events?attempt=2"] * 2
    assert first["endpoint"][0]["headers"] == second["endpoint"][0]["headers"]


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "completed"},  # the caller hung up
        {"status": "answered"},
        {"to": "442079460000"},  # the caller's own leg
        {"status": None, "reason": "Syntax error in NCCO."},
    ],
)
def test_other_events_to_the_same_url_get_no_ncco(client: FlaskClient, changed: dict[str, object]) -> None:
    response = report(client, event_url(answered(client)), **changed)
    assert (response.status_code, response.data) == (204, b"")


def test_an_event_to_the_accounts_own_url_gets_no_ncco(client: FlaskClient) -> None:
    assert report(client, "/webhooks/events").status_code == 204


@pytest.mark.parametrize("headers", [None, "text", {}, {"call_uuid": None}])
def test_a_call_that_came_without_a_name_gets_a_socket_too(client: FlaskClient, headers: object) -> None:
    (connect,) = report(client, event_url(answered(client)), headers=headers).get_json()
    assert connect["endpoint"][0]["headers"]["call_uuid"]


def test_a_socket_that_worked_starts_a_new_count_of_failures() -> None:
    times = iter([1_800_000_000.0, 1_800_000_003.0])
    client = create_app(clock=lambda: next(times)).test_client()
    (connect,) = report(client, event_url(answered(client))).get_json()
    assert event_url(connect) == "webhooks/events?attempt=1&at=1800000003"


def test_a_move_and_the_end_of_moves_are_logged(client: FlaskClient, logged: list[dict[str, Any]]) -> None:
    connect = answered(client)
    for _ in range(2):
        (connect,) = report(client, event_url(connect), status="failed").get_json()
    report(client, event_url(connect), status="failed")
    call = {"uuid": "u-1", "conversation_uuid": "CON-1"}
    assert [line for line in logged if line["event"] in ("call moved", "call given up")] == [
        {"event": "call moved", "level": "info", **call, "attempt": 2},
        {"event": "call moved", "level": "info", **call, "attempt": 3},
        {"event": "call given up", "level": "error", **call, "attempts": 3},
    ]


def test_a_call_that_is_given_up_needs_no_address(client: FlaskClient) -> None:
    url = "/webhooks/events?attempt=3"
    event = {"status": "failed", "to": "wss://echo.example.com/socket"}
    (apology,) = client.post(url, json=event, headers={"Host": "bad host"}).get_json()
    assert apology["action"] == "talk"
    assert client.post("/webhooks/events?attempt=2", json=event, headers={"Host": "bad host"}).status_code == 400
