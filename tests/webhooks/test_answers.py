from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask.testing import FlaskClient

from shared.signed_token import TokenError
from shared.socket_token import verify_token
from tests.harness.forge import SOCKET_SECRET
from webhooks import create_app
from webhooks.settings import WebhooksSettings

NOW = 1_800_000_000.0


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


def query(connect: Any) -> dict[str, str]:
    """Return what an event URL says of the connect."""
    told = dict(parse_qsl(event_url(connect).partition("?")[2]))
    assert told.pop("key"), "the secret's key; tests/webhooks/test_event_key.py has its tests"
    told.pop("silent_since", None)  # for the metrics alone
    return told


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(clock: Clock) -> FlaskClient:
    """A client of an application with this clock."""
    app = create_app(clock=clock)
    app.testing = True
    return app.test_client()


def shape(ncco: Any) -> list[Any]:
    """Return the actions of an NCCO, waits with their seconds."""
    return [action["timeout"] if action["action"] == "wait" else action["action"] for action in ncco]


def test_a_lost_socket_is_answered_with_another_for_the_same_call_and_no_greeting(client: FlaskClient) -> None:
    (connect,) = report(client, event_url(answered(client))).get_json()
    assert connect["action"] == "connect"
    (endpoint,) = connect["endpoint"]
    assert endpoint["headers"] == {"call_uuid": "u-1", "conversation_uuid": "CON-1"}
    token = endpoint["authorization"]["value"].removeprefix("Bearer ")
    assert verify_token(token, [SOCKET_SECRET], time.time()).call_uuid == "u-1"
    assert query(connect)["failures"] == "1"
    assert "webhooks_calls_moved_total 1.0" in client.get("/metrics").text


def failing(client: FlaskClient, clock: Clock, **changed: object) -> list[Any]:
    """Report the failure of each connect that the webhooks answer with, as long as they do; return all answers."""
    connect, answers = answered(client), list[Any]()
    while connect["action"] == "connect":
        clock.now = max(clock.now, float(query(connect)["due"]) + 0.4)
        answers.append(report(client, event_url(connect), **changed).get_json())
        connect = answers[-1][-1]
    return answers


FAILURES = [
    {"status": "failed"},
    {"status": "timeout"},
    {"status": None, "reason": "429 Too many requests"},
    # With nothing but a reason, as the platform reports a rejected NCCO:
    {"status": None, "reason": "429 Too many requests", "uuid": None, "to": None, "headers": None},
]


@pytest.mark.parametrize("changed", FAILURES)
def test_a_call_that_has_no_socket_for_too_long_is_answered_with_an_apology(
    timed: FlaskClient, clock: Clock, changed: dict[str, object]
) -> None:
    *moves, (apology,) = failing(timed, clock, **changed)
    assert apology["action"] == "talk"
    assert [query(move[-1])["failures"] for move in moves] == ["1", "2", "3", "4", "5", "6"]
    waits = [sum(a.get("timeout", 0) + len(a.get("text", "")) / 15 for a in move[:-1]) for move in moves]
    assert waits[0] == 0
    assert waits[1:] == [pytest.approx(wait, rel=0.25) for wait in (1, 2, 4, 8, 8)]
    assert "webhooks_calls_given_up_total 1.0" in timed.get("/metrics").text


def test_how_long_is_a_setting(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIVE_UP_SECONDS", "0.5")
    assert len(failing(create_app(clock=clock).test_client(), clock, status="failed")) == 2


def test_waits_for_a_slot_give_no_call_up(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECTS_PER_SECOND", "0.01")
    client = create_app(clock=clock).test_client()
    answered(client)
    assert len(failing(client, clock, status="failed")) == 7
    assert clock.now - NOW > 600


def test_a_repeated_event_is_answered_alike(client: FlaskClient) -> None:
    url = event_url(answered(client))
    first, second = (report(client, url).get_json()[0] for _ in range(2))
    assert [query(connect)["failures"] for connect in (first, second)] == ["1", "1"]
    assert query(first)["due"] == query(second)["due"]
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


@pytest.mark.parametrize("headers", [None, "text", {}, {"call_uuid": None}, {"call_uuid": "a b"}, {"call_uuid": 7}])
def test_a_call_that_came_without_a_name_gets_a_socket_too(client: FlaskClient, headers: object) -> None:
    (connect,) = report(client, event_url(answered(client)), headers=headers).get_json()
    assert connect["endpoint"][0]["headers"]["call_uuid"]


@pytest.mark.parametrize(
    "changed",
    [{"to": 7}, {"to": ["wss://a", "wss://b"]}, {"to": None}, {"from": {}}, {"uuid": "a b"}, {"conversation_uuid": 7}],
)
def test_a_malformed_field_costs_no_move(client: FlaskClient, changed: dict[str, object]) -> None:
    (connect,) = report(client, event_url(answered(client)), **changed).get_json()
    assert connect["endpoint"][0]["headers"]["call_uuid"] == "u-1"


def test_a_socket_that_worked_starts_a_new_count_of_failures(timed: FlaskClient, clock: Clock) -> None:
    url = event_url(answered(timed))
    clock.now += 6  # 3.4 s of greeting, and more than 2 s of echo
    (connect,) = report(timed, url).get_json()
    assert event_url(connect).startswith("webhooks/events?due=1800000006.000&failures=0&lost=0.0&key=")


def test_a_move_and_the_end_of_moves_are_logged(timed: FlaskClient, clock: Clock, logged: list[dict[str, Any]]) -> None:
    failing(timed, clock, status="failed")
    call = {"uuid": "u-1", "conversation_uuid": "CON-1"}
    answer, *moves, given_up = [line for line in logged if line["event"].startswith("call ") and "status" not in line]
    assert answer == {"event": "call answered", "level": "info", **call, "wait_seconds": 0.0}
    waits = [move.pop("wait_seconds") for move in moves]
    assert moves == [{"event": "call moved", "level": "info", **call, "failures": failures} for failures in range(1, 7)]
    assert waits == [pytest.approx(wait, rel=0.25) for wait in (0, 1, 2, 4, 8, 8)]
    assert given_up.pop("seconds_without_socket") > 30
    assert given_up == {"event": "call given up", "level": "error", **call, "failures": 7}


def test_the_silence_at_a_move_is_measured_from_the_lost_socket_to_the_next_one(
    timed: FlaskClient, clock: Clock
) -> None:
    url = event_url(answered(timed))
    report(timed, url, status="answered")  # the first socket: no move
    clock.now += 60
    (connect,) = report(timed, url).get_json()
    clock.now += 1
    (connect,) = report(timed, event_url(connect), status="failed").get_json()
    clock.now += 3
    for status in ("ringing", "answered", "completed"):
        report(timed, event_url(connect), status=status)
    page = timed.get("/metrics").text
    assert "webhooks_move_silence_seconds_count 1.0" in page
    assert "webhooks_move_silence_seconds_sum 4.0" in page
    assert "webhooks_connects_failed_total 1.0" in page
    assert "webhooks_calls_moved_total 2.0" in page


@pytest.mark.parametrize("since", ["1700000000.000", "1800000099.000", "x", ""])
def test_a_made_up_silence_is_not_measured(timed: FlaskClient, since: str) -> None:
    report(timed, f"/webhooks/events?due=1800000000.000&silent_since={since}", status="answered")
    assert "webhooks_move_silence_seconds_count 0.0" in timed.get("/metrics").text


def test_a_call_that_is_given_up_needs_no_address(client: FlaskClient) -> None:
    url = "/webhooks/events?due=1800000000.000&failures=7&lost="
    event = {"status": "failed", "to": "wss://echo.example.com/socket"}
    (apology,) = client.post(f"{url}31.0", json=event, headers={"Host": "bad host"}).get_json()
    assert apology["action"] == "talk"
    assert client.post(f"{url}2.0", json=event, headers={"Host": "bad host"}).status_code == 400


def ask(client: FlaskClient, call: str) -> Any:
    return client.get(f"/webhooks/answer?uuid={call}").get_json()


def test_callers_who_come_together_are_connected_one_after_the_other(timed: FlaskClient) -> None:
    shapes = [shape(ask(timed, f"u-{number}")) for number in range(8)]
    assert shapes[0] == ["talk", "connect"]
    assert shapes[1:6] == [["talk", pytest.approx(0.35 * number), "connect"] for number in range(1, 6)]
    # From two seconds on, "One moment please" comes first; it takes 1.13 s.
    assert shapes[6:] == [["talk", "talk", pytest.approx(0.35 * number - 1.133), "connect"] for number in (6, 7)]


def test_the_greeting_is_part_of_the_wait(timed: FlaskClient) -> None:
    assert shape(ask(timed, "u-2")) == ["talk", "connect"]  # due in 3.4 s
    (connect,) = report(timed, "/webhooks/events?due=1799999000.000&failures=0&lost=0.0").get_json()
    assert query(connect)["due"] == "1800000000.000"  # the gap before is free


def test_the_word_for_the_wait_is_a_setting(clock: Clock) -> None:
    settings = WebhooksSettings.model_validate(
        {"CONNECTS_PER_SECOND": "0.2", "WAIT_TEXT": "Einen Moment bitte", "GREETING_LANGUAGE": "de-DE"}
    )
    client = create_app(settings, clock).test_client()
    ask(client, "u-1")
    _, word, wait, _ = ask(client, "u-2")
    assert word == {"action": "talk", "text": "Einen Moment bitte", "language": "de-DE"}
    assert wait == {"action": "wait", "timeout": pytest.approx(5.25 - 1.2)}


def test_nothing_waits_without_pacing(clock: Clock) -> None:
    client = create_app(WebhooksSettings.model_validate({"CONNECTS_PER_SECOND": "0"}), clock).test_client()
    assert {tuple(shape(ask(client, f"u-{number}"))) for number in range(100)} == {("talk", "connect")}
    assert "webhooks_connects_paced_total 0.0" in client.get("/metrics").text


def test_the_tokens_life_covers_the_wait(clock: Clock) -> None:
    settings = WebhooksSettings.model_validate({"CONNECTS_PER_SECOND": "0.01", "SOCKET_TOKEN_SECONDS": "5"})
    client = create_app(settings, clock).test_client()
    for call in ("u-1", "u-2"):
        connect = ask(client, call)[-1]
    due = float(query(connect)["due"])
    assert due == NOW + 3.4 + 105
    token = connect["endpoint"][0]["authorization"]["value"].removeprefix("Bearer ")
    assert verify_token(token, [SOCKET_SECRET], due + 5).call_uuid == "u-2"
    with pytest.raises(TokenError, match="expired"):
        verify_token(token, [SOCKET_SECRET], due + 5 + 61)


def test_the_platforms_longest_wait_is_the_longest(clock: Clock) -> None:
    client = create_app(WebhooksSettings.model_validate({"CONNECTS_PER_SECOND": "0.0001"}), clock).test_client()
    ask(client, "u-1")
    ncco = ask(client, "u-2")
    assert shape(ncco)[1:-1:2] == ["talk"] * 10
    assert query(ncco[-1])["due"] == f"{NOW + 7200:.3f}"


def test_waits_for_a_slot_are_counted_and_logged(timed: FlaskClient, logged: list[dict[str, Any]]) -> None:
    for call in ("u-1", "u-2", "u-3", "u-3"):
        ask(timed, call)
    page = timed.get("/metrics").text
    assert "webhooks_connects_paced_total 3.0" in page
    assert [line["wait_seconds"] for line in logged] == [0.0, 0.35, 0.7, 0.7]
    waited = next(line for line in page.splitlines() if line.startswith("webhooks_pacing_wait_seconds_total "))
    assert float(waited.split()[1]) == pytest.approx(1.75)


def test_a_duplicate_takes_no_second_slot(timed: FlaskClient, clock: Clock) -> None:
    urls = [event_url(ask(timed, f"u-{number}")[-1]) for number in range(2)]
    clock.now += 60
    moves = []
    for url, pause in ((urls[0], 0.0), (urls[0], 1.0), (urls[1], 0.0)):
        clock.now += pause
        moves.append(report(timed, url).get_json())
    assert [query(move[-1])["due"] for move in moves] == ["1800000060.000", "1800000060.000", "1800000061.000"]
    assert [shape(move) for move in moves] == [["connect"]] * 3


def test_a_question_that_comes_again_gets_the_same_time(timed: FlaskClient, clock: Clock) -> None:
    for number in range(30):
        ask(timed, f"u-{number}")
    first = ask(timed, "u-x")
    clock.now += 5
    second = ask(timed, "u-x")
    assert query(first[-1]) == query(second[-1])
    assert shape(ask(timed, "u-y"))[2:] == [pytest.approx(0.35 * 31 - 5 - 1.133), "connect"]


def test_a_caller_who_hangs_up_frees_the_slot(timed: FlaskClient) -> None:
    for number in range(4):
        ask(timed, f"u-{number}")
    event = {"status": "completed", "to": "442079460000", "uuid": "u-2"}
    assert timed.post("/webhooks/events", json=event).status_code == 204
    assert shape(ask(timed, "u-x")) == ["talk", pytest.approx(0.7), "connect"]


def test_two_applications_pace_apart(clock: Clock) -> None:
    for client in (create_app(clock=clock).test_client(), create_app(clock=clock).test_client()):
        assert shape(ask(client, "u-1")) == ["talk", "connect"]


@pytest.mark.parametrize("changed", FAILURES[2:])
def test_a_connect_that_is_refused_with_a_reason_alone_keeps_its_call(
    timed: FlaskClient, logged: list[dict[str, Any]], changed: dict[str, object]
) -> None:
    (connect,) = report(timed, event_url(answered(timed)), **changed).get_json()
    assert connect["action"] == "connect"
    assert connect["endpoint"][0]["headers"]["conversation_uuid"] == "CON-1"
    page = timed.get("/metrics").text
    assert 'webhooks_events_total{status="connect_refused"} 1.0' in page
    assert "webhooks_nccos_rejected_total 0.0" in page
    assert [line["event"] for line in logged if line["level"] == "error"] == []


def test_a_call_without_a_name_is_named_alike_in_each_move(timed: FlaskClient) -> None:
    moves = [report(timed, event_url(answered(timed)), headers=None).get_json() for _ in range(2)]
    assert moves[0][-1]["endpoint"][0]["headers"]["call_uuid"] == "CON-1"
    assert query(moves[0][-1]) == query(moves[1][-1])


def test_a_rejected_ncco_stays_loud_at_a_connects_url(timed: FlaskClient, logged: list[dict[str, Any]]) -> None:
    url = event_url(answered(timed))
    assert report(timed, url, status=None, reason="Syntax error in NCCO. Invalid value.").status_code == 204
    assert "webhooks_nccos_rejected_total 1.0" in timed.get("/metrics").text
    assert logged[-1]["event"] == "NCCO rejected"


def test_a_call_of_the_version_before_is_moved(timed: FlaskClient) -> None:
    (connect,) = report(timed, "/webhooks/events?attempt=1&at=1799999000").get_json()
    assert query(connect) == {"due": "1800000000.000", "failures": "0", "lost": "0.0"}


def test_the_estimate_of_the_greeting_is_corrected(timed: FlaskClient, clock: Clock) -> None:
    connect = ask(timed, "u-1")[-1]
    assert query(connect) == {
        "due": "1800000003.400", "failures": "0", "lost": "0.0", "greeted": "1800000000.000"
    }  # fmt: skip
    clock.now += 5.1  # not 3.4 s
    assert report(timed, event_url(connect), status="answered").status_code == 204
    assert query(ask(timed, "u-2")[-1])["due"] == "1800000010.200"
    # "One moment please" takes as much longer.
    late = [ask(timed, f"u-{number}") for number in range(3, 10)][-1]
    assert shape(late) == ["talk", "talk", pytest.approx(7 * 0.35 - 1.7), "connect"]
    assert "greeted" not in query(late[-1])
