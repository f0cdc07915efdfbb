import time
from typing import Any, Literal

import pytest
from flask.testing import FlaskClient

from shared.socket_token import verify_token
from tests.harness.forge import SOCKET_SECRET
from webhooks.event import STATUSES, Event
from webhooks.moves import CLOSED, NOT_OPENED, Attempt, needs_socket, next_attempt, parse_attempt

NOW = 1_800_000_000.0


def event(status: str | None, leg: Literal["phone", "websocket"] | None = "websocket") -> Event:
    return Event(kind="other", status=status, leg=leg, uuid="u", conversation_uuid="c", reason=None)


@pytest.mark.parametrize("status", STATUSES)
def test_a_socket_that_is_gone_with_the_caller_still_there_is_needed_again(status: str) -> None:
    assert needs_socket(event(status)) is (status in ("disconnected", "failed", "unanswered", "timeout", "rejected"))


@pytest.mark.parametrize("leg", ["phone", None])
@pytest.mark.parametrize("status", [CLOSED, *NOT_OPENED])
def test_the_callers_own_leg_never_asks_for_a_socket(status: str, leg: Literal["phone"] | None) -> None:
    assert not needs_socket(event(status, leg))


def test_an_attempt_survives_its_url() -> None:
    assert Attempt(2, NOW).query == "attempt=2&at=1800000000"
    assert parse_attempt({"attempt": "2", "at": "1800000000"}) == Attempt(2, NOW)


@pytest.mark.parametrize("number", ["", "x", "-1", "1.5", "²", "9999", "1e3"])
def test_another_url_names_no_attempt(number: str) -> None:
    assert parse_attempt({"attempt": number, "at": "1800000000"}) is None
    assert parse_attempt({}) is None


@pytest.mark.parametrize("started_at", ["", "x", "-5", "nan", "9" * 20])
def test_an_attempt_of_unknown_time_counts_as_recent(started_at: str) -> None:
    attempt = parse_attempt({"attempt": "1", "at": started_at})
    assert attempt is not None
    assert next_attempt(event(CLOSED), attempt, NOW, 3) == Attempt(2, NOW)


@pytest.mark.parametrize("status", [CLOSED, *NOT_OPENED])
def test_failures_in_a_row_are_given_up(status: str) -> None:
    attempt: Attempt | None = Attempt(1, NOW)
    numbers = []
    while attempt is not None:
        numbers.append(attempt.number)
        attempt = next_attempt(event(status), attempt, NOW + len(numbers), 3)
    assert numbers == [1, 2, 3]


def test_a_call_that_lives_between_moves_is_moved_for_ever() -> None:
    attempt: Attempt | None = Attempt(1, NOW)
    for move in range(1, 1000):
        assert attempt is not None
        attempt = next_attempt(event(CLOSED), attempt, NOW + 3 * move, 3)
    assert attempt == Attempt(1, NOW + 3 * 999)


def test_a_socket_that_opens_late_or_never_is_a_failure_in_a_row_for_longer() -> None:
    assert next_attempt(event("timeout"), Attempt(1, NOW), NOW + 20, 3) == Attempt(2, NOW + 20)
    assert next_attempt(event("timeout"), Attempt(2, NOW), NOW + 61, 3) == Attempt(1, NOW + 61)


def test_clocks_that_differ_start_no_endless_row() -> None:
    assert next_attempt(event("failed"), Attempt(3, NOW + 60), NOW, 3) is None


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
