from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.signed_token import TokenError
from shared.socket_token import CallIdentity, verify_token
from tests.harness.forge import SIGNATURE_SECRET, SOCKET_SECRET, signature
from tests.webhooks.calls import event_url, metric, proven_url, query, report, request_answer, shape, socket_event
from tests.webhooks.conftest import NOW, Clock, MakeClient
from webhooks.moves import PlannedConnect

GREETING_SECONDS = 3.4  # 51 characters, 15 a second
FAILURES: list[dict[str, object]] = [
    {"status": "failed"},
    {"status": "timeout"},
    {"status": None, "reason": "429 Too many requests"},
    # With nothing but a reason, as the platform reports a rejected NCCO:
    {"status": None, "reason": "429 Too many requests", "uuid": None, "to": None, "headers": None},
]


def verified(connect: Any, at: float = NOW) -> CallIdentity:
    authorization = connect["endpoint"][0]["authorization"]
    assert authorization["type"] == "custom"
    return verify_token(authorization["value"].removeprefix("Bearer "), [SOCKET_SECRET], at)


def failing(client: FlaskClient, clock: Clock, **changed: object) -> list[Any]:
    """Report the failure of each connect that the webhooks answer with, as long as they do; return all answers."""
    answers = [request_answer(client)]
    while answers[-1][-1]["action"] == "connect":
        clock.now = max(clock.now, float(query(answers[-1])["due"]) + 0.4)
        answers.append(report(client, event_url(answers[-1]), **changed).get_json())
    return answers[1:]


# Tokens


def test_a_connect_has_a_token_for_this_call(client: FlaskClient) -> None:
    connect = request_answer(client)[-1]
    assert verified(connect) == CallIdentity("u-1", "CON-u-1")
    with pytest.raises(TokenError, match="expired"):
        verified(connect, NOW + GREETING_SECONDS + 300 + 61)


def test_the_tokens_life_covers_the_wait(make_client: MakeClient) -> None:
    client = make_client(CONNECTS_PER_SECOND="0.01")
    request_answer(client)
    ncco = request_answer(client, "u-2")
    due = float(query(ncco)["due"])
    assert due == NOW + GREETING_SECONDS + 105
    assert verified(ncco[-1], due + 300).call_uuid == "u-2"


def test_without_socket_auth_there_is_no_token(make_client: MakeClient, logged: list[dict[str, Any]]) -> None:
    client = make_client(SOCKET_AUTH="off")
    ncco = request_answer(client)
    assert "authorization" not in ncco[-1]["endpoint"][0]
    assert "SOCKET_AUTH is off: anyone can open the socket" in [line["event"] for line in logged]
    assert report(client, event_url(ncco)).status_code == 200
    assert report(client, event_url(ncco).replace("due=1", "due=2")).status_code == 204, (
        "events are proven all the same"
    )


def test_the_platform_may_sign_the_handshake_instead(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SOCKET_SECRET")
    client = make_client(
        SOCKET_AUTH="vonage", VONAGE_SIGNATURE_SECRET=SIGNATURE_SECRET, SOCKET_SECRET_FILE=str(tmp_path / "secret")
    )
    headers = {"Authorization": f"Bearer {signature(b'{}', iat=NOW)}"}
    ncco = client.get("/webhooks/answer", headers=headers).get_json()
    assert ncco[-1]["endpoint"][0]["authorization"] == {"type": "vonage"}
    assert "proof" not in query(ncco), "the platform signs its events"
    assert list(tmp_path.iterdir()) == [], "no secret is made"


# Moves


def test_a_lost_socket_is_answered_with_another_for_the_same_call_and_no_greeting(client: FlaskClient) -> None:
    (connect,) = report(client, event_url(request_answer(client))).get_json()
    assert connect["endpoint"][0]["headers"] == {"call_uuid": "u-1", "conversation_uuid": "CON-u-1"}
    assert verified(connect) == CallIdentity("u-1", "CON-u-1")
    assert query([connect])["failures"] == "1"
    assert metric(client, "webhooks_calls_moved_total") == 1


@pytest.mark.parametrize(
    "changed",
    [
        *({"headers": headers} for headers in (None, "text", {}, {"call_uuid": "u-9"})),
        *({"to": to} for to in (7, ["wss://a", "wss://b"], None)),
        {"from": {}, "uuid": "a b", "conversation_uuid": 7},
    ],
)
def test_the_event_url_names_the_call_whatever_the_event_says(client: FlaskClient, changed: dict[str, object]) -> None:
    changed = {"headers": {"call_uuid": "u-9"}} | changed
    if not isinstance(changed["headers"], dict) or not changed["headers"]:
        changed["to"] = "wss://echo.example.com/socket"
    (connect,) = report(client, event_url(request_answer(client)), **changed).get_json()
    assert verified(connect) == CallIdentity("u-1", "CON-u-1")


@pytest.mark.parametrize("changed", FAILURES)
def test_a_call_that_has_no_socket_for_too_long_is_answered_with_an_apology(
    client: FlaskClient, clock: Clock, logged: list[dict[str, Any]], changed: dict[str, object]
) -> None:
    *moves, (apology,) = failing(client, clock, **changed)
    assert apology["action"] == "talk"
    assert [query(move)["failures"] for move in moves] == ["1", "2", "3", "4", "5", "6"]
    waits = [sum(a.get("timeout", 0) + len(a.get("text", "")) / 15 for a in move[:-1]) for move in moves]
    assert waits == [0, *(pytest.approx(wait, rel=0.25) for wait in (1, 2, 4, 8, 8))]
    assert metric(client, "webhooks_calls_given_up_total") == 1
    assert metric(client, "webhooks_connects_failed_total") == 7
    call = {"uuid": "u-1", "conversation_uuid": "CON-u-1"}
    answered, *moved, given_up = [line for line in logged if line["event"].startswith("call ") and "leg" not in line]
    assert answered == {"event": "call answered", "level": "info", **call, "wait_seconds": 0.0}
    assert [(line["event"], line["uuid"], line["failures"]) for line in moved] == [
        ("call moved", "u-1", failures) for failures in range(1, 7)
    ]
    assert given_up.pop("seconds_without_socket") > 30
    reason = "too long without a socket"
    assert given_up == {"event": "call given up", "level": "error", **call, "failures": 7, "reason": reason}


def test_how_long_is_a_setting(make_client: MakeClient, clock: Clock) -> None:
    assert len(failing(make_client(GIVE_UP_SECONDS="0.5"), clock, status="failed")) == 2


def test_waits_for_a_slot_give_no_call_up(make_client: MakeClient, clock: Clock) -> None:
    client = make_client(CONNECTS_PER_SECOND="0.01")
    request_answer(client, "u-2")
    assert len(failing(client, clock, status="failed")) == 7
    assert clock.now - NOW > 600


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
    response = report(client, event_url(request_answer(client)), **changed)
    assert (response.status_code, response.data) == (204, b"")


def test_a_socket_that_worked_starts_a_new_count_of_failures(client: FlaskClient, clock: Clock) -> None:
    url = event_url(request_answer(client))
    clock.now += 6  # 3.4 s of greeting, and more than 2 s of echo
    planned = query(report(client, url).get_json())
    assert (planned["due"], planned["failures"], planned["lost"]) == ("1800000006.000", "0", "0.0")


def test_the_silence_at_a_move_is_measured_from_the_lost_socket_to_the_next_one(
    client: FlaskClient, clock: Clock
) -> None:
    url = event_url(request_answer(client))
    report(client, url, status="answered")  # the first socket: no move
    clock.now += 60
    ncco = report(client, url).get_json()
    clock.now += 1
    ncco = report(client, event_url(ncco), status="failed").get_json()
    clock.now += 3
    for status in ("ringing", "answered", "completed"):
        report(client, event_url(ncco), status=status)
    assert metric(client, "webhooks_move_silence_seconds_count") == 1
    assert metric(client, "webhooks_move_silence_seconds_sum") == 4


def test_a_call_ends_with_an_apology_where_no_public_address_is_known(client: FlaskClient) -> None:
    url = event_url(request_answer(client))
    (apology,) = client.post(url, json=socket_event(), headers={"Host": "bad host"}).get_json()
    assert apology["action"] == "talk"


# Event URLs that aren't ours

PLANNED = PlannedConnect("u-1", "CON-u-1", NOW - 10, silent_since=NOW - 20)


@pytest.mark.parametrize(
    "url",
    [
        "/webhooks/events",  # the account's own
        f"/webhooks/events?{PLANNED.query}",
        f"/webhooks/events?{PLANNED.query}&proof=",
        proven_url(PLANNED, secret="x" * 32),
        proven_url(PLANNED)[:-1],
        *(proven_url(PLANNED).replace(name, other) for name, other in [
            ("due=1799999990", "due=1799999991"), ("failures=0", "failures=7"), ("lost=0.0", "lost=31.0"),
            ("call=u-1", "call=u-2"), ("conversation=CON-u-1", "conversation=CON-u-2"),
            ("silent_since=1799999980", "silent_since=1700000000"), ("&silent_since", "&greeted=1&silent_since"),
        ]),
        proven_url(PlannedConnect("u-1", "CON-u-1", NOW - 7501)),  # no call lasts longer
    ],
)  # fmt: skip
def test_what_an_event_says_of_its_connect_is_believed_only_with_our_proof(client: FlaskClient, url: str) -> None:
    assert report(client, url).status_code == 204
    for event in FAILURES:
        assert report(client, url, **event).status_code == 204
    assert report(client, url, status="answered").status_code == 204
    for name in ("calls_moved", "calls_given_up", "connects_failed"):
        assert metric(client, f"webhooks_{name}_total") == 0
    assert metric(client, "webhooks_move_silence_seconds_count") == 0
    assert metric(client, 'webhooks_events_total{sender="proven",status="failed"}') == 0
    assert metric(client, 'webhooks_events_total{sender="unproven",status="failed"}') == 1
    assert report(client, proven_url(PLANNED)).status_code == 200


def test_a_secret_that_no_longer_signs_still_proves(make_client: MakeClient) -> None:
    client = make_client(SOCKET_SECRET=f"{'n' * 32},{SOCKET_SECRET}")
    assert report(client, proven_url(PLANNED)).status_code == 200


def test_signed_events_need_no_proof(make_client: MakeClient) -> None:
    client = make_client(VONAGE_SIGNATURE_SECRET=SIGNATURE_SECRET)
    body = b'{"status": "disconnected", "to": "wss://host/socket"}'
    headers = {"Authorization": f"Bearer {signature(body, iat=NOW)}", "Content-Type": "application/json"}
    ncco = client.post(f"/webhooks/events?{PLANNED.query}", data=body, headers=headers).get_json()
    assert verified(ncco[-1]) == CallIdentity("u-1", "CON-u-1")
    assert metric(client, 'webhooks_events_total{sender="proven",status="disconnected"}') == 1


# Pacing


def test_callers_who_come_together_are_connected_one_after_the_other(
    client: FlaskClient, logged: list[dict[str, Any]]
) -> None:
    shapes = [shape(request_answer(client, f"u-{number}")) for number in range(8)]
    assert shapes[0] == ["talk", "connect"]
    assert shapes[1:6] == [["talk", pytest.approx(0.35 * number), "connect"] for number in range(1, 6)]
    # From two seconds on, "One moment please" comes first; it takes 1.13 s.
    assert shapes[6:] == [["talk", "talk", pytest.approx(0.35 * number - 1.133), "connect"] for number in (6, 7)]
    assert metric(client, "webhooks_connects_paced_total") == 7
    assert metric(client, "webhooks_pacing_wait_seconds_total") == pytest.approx(28 * 0.35)
    assert [line["wait_seconds"] for line in logged] == [pytest.approx(0.35 * number) for number in range(8)]
    assert metric(client, "webhooks_last_slot_timestamp_seconds") == pytest.approx(NOW + GREETING_SECONDS + 7 * 0.35)


def test_the_greeting_is_part_of_the_wait(client: FlaskClient) -> None:
    request_answer(client, "u-2")  # due in 3.4 s
    moved = report(client, proven_url(PLANNED)).get_json()
    assert query(moved)["due"] == "1800000000.000"  # the gap before is free


def test_nothing_waits_without_pacing(make_client: MakeClient) -> None:
    client = make_client(CONNECTS_PER_SECOND="0")
    assert {tuple(shape(request_answer(client, f"u-{number}"))) for number in range(100)} == {("talk", "connect")}


def test_a_duplicate_takes_no_second_slot(client: FlaskClient, clock: Clock) -> None:
    urls = [event_url(request_answer(client, f"u-{number}")) for number in range(2)]
    clock.now += 60
    moves = []
    for url, pause in ((urls[0], 0.0), (urls[0], 1.0), (urls[1], 0.0)):
        clock.now += pause
        moves.append(report(client, url).get_json())
    assert [query(move)["due"] for move in moves] == ["1800000060.000", "1800000060.000", "1800000061.000"]


def test_a_repeated_request_gets_the_same_time(client: FlaskClient, clock: Clock) -> None:
    for number in range(30):
        request_answer(client, f"u-{number}")
    first = request_answer(client, "u-x")
    clock.now += 5
    assert query(request_answer(client, "u-x")) == query(first)
    assert shape(request_answer(client, "u-y"))[2:] == [pytest.approx(0.35 * 31 - 5 - 1.133), "connect"]


def test_a_caller_who_hangs_up_frees_the_slot(client: FlaskClient) -> None:
    for number in range(4):
        request_answer(client, f"u-{number}")
    report(client, "/webhooks/events", status="completed", to="442079460000", uuid="u-2")
    assert shape(request_answer(client, "u-x")) == ["talk", pytest.approx(0.7), "connect"]


def test_a_caller_who_would_wait_for_more_than_ten_minutes_hears_an_apology(
    make_client: MakeClient, logged: list[dict[str, Any]]
) -> None:
    client = make_client(CONNECTS_PER_SECOND="0.01")
    nccos = [request_answer(client, f"u-{number}") for number in range(7)]
    assert [shape(ncco)[-1] for ncco in nccos] == ["connect"] * 6 + ["talk"]
    assert metric(client, "webhooks_calls_turned_away_total") == 1
    assert metric(client, "webhooks_calls_answered_total") == 6
    assert logged[-1] == {
        "event": "call turned away", "level": "error", "uuid": "u-6", "conversation_uuid": "CON-u-6",
        "reason": "too many calls wait for a socket",
    }  # fmt: skip
    assert shape(report(client, proven_url(PLANNED)).get_json())[-1] == "connect", "a call that is there waits longer"


def test_the_estimate_of_the_greeting_is_corrected(client: FlaskClient, clock: Clock) -> None:
    first = request_answer(client)
    assert (query(first)["due"], query(first)["greeted"]) == ("1800000003.400", "1800000000.000")
    clock.now += 5.1  # not 3.4 s
    report(client, event_url(first), status="answered")
    assert query(request_answer(client, "u-2"))["due"] == "1800000010.200"
    # "One moment please" takes as much longer.
    late = [request_answer(client, f"u-{number}") for number in range(3, 10)][-1]
    assert shape(late) == ["talk", "talk", pytest.approx(7 * 0.35 - 1.7), "connect"]
    assert "greeted" not in query(late)


# A stranger who requests one answer, and then plays events without end


def caller_waits(client: FlaskClient, clock: Clock, call: str) -> float:
    return float(query(request_answer(client, call))["due"]) - clock.now - GREETING_SECONDS


@pytest.mark.parametrize("follows", ["made-up times", "one event again and again", "each answer", "made-up calls"])
def test_a_flood_of_events_about_one_call_lets_no_caller_wait(client: FlaskClient, clock: Clock, follows: str) -> None:
    first = url = event_url(request_answer(client, "u-stranger"))
    without = caller_waits(client, clock, "u-0")
    for number in range(1, 401):
        clock.now += 0.02
        if follows == "made-up times":
            url = first.replace("due=18", f"due={10 + number % 7}").replace("failures=0", f"failures={number}")
        elif follows == "made-up calls":
            url = first.replace("u-stranger", f"u-{number}")
        response = report(client, url, headers={"call_uuid": f"u-{number}"})
        if follows == "each answer":
            ncco = response.get_json()
            url = event_url(ncco) if shape(ncco)[-1] == "connect" else first  # given up: begin again
        if number % 100 == 0:
            assert caller_waits(client, clock, f"u-{number}") < without + 1
