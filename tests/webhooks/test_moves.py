from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.messages import CONNECT_REFUSED, NCCO_REJECTED, OTHER, STATUSES, Event
from webhooks.moves import (
    CLOSED,
    NOT_OPENED,
    OPENING,
    PlannedConnect,
    call_proof,
    greeting_seconds,
    is_proven,
    needs_socket,
    next_connect,
    parse_connect,
)

NOW = 1_800_000_000.0
OLD, NEW = "o" * 32, "n" * 32
FAILED = [*NOT_OPENED, CONNECT_REFUSED, CLOSED]


def planned(
    due: float = NOW, failures: int = 0, lost: float = 0.0, *, call: str = "u-1", greeted: float | None = None,
    silent_since: float | None = None,
) -> PlannedConnect:  # fmt: skip
    return PlannedConnect(call, "CON-1", due, failures, lost, greeted, silent_since)


def event(kind: str, leg: Literal["phone", "websocket"] | None = "websocket") -> Event:
    return Event(kind=kind, status=kind, leg=leg, uuid="u", conversation_uuid="c", reason=None)


def after(kind: str, ended: PlannedConnect, now: float = NOW) -> PlannedConnect:
    return next_connect(event(kind), ended, now)


@pytest.mark.parametrize("status", STATUSES)
def test_a_socket_that_is_gone_with_the_caller_still_there_is_needed_again(status: str) -> None:
    assert needs_socket(event(status)) is (status in ("disconnected", "failed", "unanswered", "timeout", "rejected"))


@pytest.mark.parametrize("leg", ["phone", None])
@pytest.mark.parametrize("status", [CLOSED, *NOT_OPENED])
def test_the_callers_own_leg_never_asks_for_a_socket(status: str, leg: Literal["phone"] | None) -> None:
    assert not needs_socket(event(status, leg))


@pytest.mark.parametrize("leg", ["phone", "websocket", None])
def test_a_refusal_that_names_no_status_asks_for_a_socket(leg: Literal["phone", "websocket"] | None) -> None:
    assert needs_socket(event(CONNECT_REFUSED, leg))
    assert not needs_socket(event(NCCO_REJECTED, leg))
    assert not needs_socket(event(OTHER, leg))


MILLISECONDS = st.integers(0, 10**13 - 1)
NAMES = st.from_regex(r"[A-Za-z0-9_-]{1,100}", fullmatch=True)


@given(NAMES, st.none() | NAMES, MILLISECONDS, st.integers(0, 999), st.integers(0, 10**5), st.none() | MILLISECONDS)
def test_a_connect_survives_its_url_with_its_proof(
    call: str, conversation: str | None, due: int, failures: int, lost_tenths: int, time: int | None
) -> None:
    seconds = None if time is None else time / 1000
    connect = PlannedConnect(call, conversation, due / 1000, failures, lost_tenths / 10, seconds, seconds)
    parsed = parse_connect(dict(part.split("=") for part in connect.query.split("&")))
    assert parsed == connect
    assert is_proven(parsed, call_proof(connect, OLD), [NEW, OLD])
    assert not is_proven(parsed, call_proof(connect, OLD), [NEW])
    assert not is_proven(parsed, call_proof(replace(connect, failures=failures + 1), OLD), [NEW, OLD])


GOOD_QUERY = {"due": "1800000000.340", "failures": "2", "lost": "4.2", "call": "u-1"}


@pytest.mark.parametrize(
    "changed",
    [
        *({name: ""} for name in GOOD_QUERY),
        *({"due": due} for due in ("x", "-5", "nan", "inf", "1e9", "9" * 20, "²", "1800000000.", ".5")),
        *({"failures": failures} for failures in ("x", "-1", "1e3", "²", "9" * 20)),
        *({"call": call} for call in ("a b", "a" * 101, "é")),
    ],
)
def test_another_query_names_no_connect(changed: dict[str, str]) -> None:
    assert parse_connect(GOOD_QUERY) == PlannedConnect("u-1", None, NOW + 0.34, 2, 4.2)
    assert parse_connect(GOOD_QUERY | changed) is None


@given(st.text())
def test_no_made_up_proof_fits(proof: str) -> None:
    assert not is_proven(planned(), proof, [NEW, OLD])


@pytest.mark.parametrize("kind", FAILED)
def test_failures_in_a_row_wait_longer_and_longer(kind: str) -> None:
    connect, waits = planned(NOW), []
    for _ in range(7):
        now = connect.due + 0.5
        connect = after(kind, connect, now)
        waits.append(connect.due - now)
    assert waits[0] == 0.0
    assert waits[1:] == [pytest.approx(wait, rel=0.25) for wait in (1, 2, 4, 8, 8, 8)]
    assert connect.failures == 7
    assert connect.lost == pytest.approx(7 * 0.5 + sum(waits))


@pytest.mark.parametrize("kind", FAILED)
def test_a_wait_for_a_slot_is_no_time_without_a_socket(kind: str) -> None:
    ended = planned(NOW + 100)  # paced: due in 100 s, and refused 0.1 s after that
    assert after(kind, ended, NOW + 100.1).lost == pytest.approx(0.1)


def test_a_duplicate_waits_as_long() -> None:
    ended = planned(NOW, 3, 7.0)
    first, second = after("failed", ended, NOW + 1), after("failed", ended, NOW + 1.5)
    assert first.failures == second.failures
    assert second.due - first.due == pytest.approx(0.5)


def test_calls_that_fail_together_reconnect_apart() -> None:
    waits = {round(after("failed", planned(NOW, 4, 7.0, call=f"u-{number}")).due - NOW, 2) for number in range(100)}
    assert len(waits) > 50
    assert min(waits) < 6.5
    assert max(waits) > 9.5
    assert all(6 <= wait <= 10 for wait in waits)


def test_a_socket_that_worked_starts_afresh() -> None:
    assert after(CLOSED, planned(NOW - 2.1, 5, 20.0)) == planned(NOW, silent_since=NOW)
    assert after(CLOSED, planned(NOW - 1.9, 5, 20.0)).failures == 6


def test_a_call_that_lives_between_moves_is_moved_for_ever() -> None:
    connect = planned(NOW)
    for move in range(1, 1000):
        connect = after(CLOSED, connect, NOW + 3 * move)
    assert connect == planned(NOW + 3 * 999, silent_since=NOW + 3 * 999)


@pytest.mark.parametrize("kind", [*NOT_OPENED, CONNECT_REFUSED])
def test_a_socket_that_never_opened_is_a_failure_however_late_the_event(kind: str) -> None:
    connect = after(kind, planned(NOW - 3600, 1, 1.0))
    assert connect.failures == 2
    assert connect.lost == pytest.approx(16, rel=0.25)  # an hour is no failure's time


def test_clocks_that_differ_start_no_endless_row() -> None:
    connect = planned(NOW + 60)
    while connect.lost <= 30:
        connect = after("failed", planned(NOW + 60, connect.failures, connect.lost))
    assert connect.failures == 7


@pytest.mark.parametrize("kind", STATUSES)
def test_a_socket_that_opens_right_after_the_greeting_shows_how_long_it_took(kind: str) -> None:
    opened = planned(NOW + 3.4, greeted=NOW)
    assert greeting_seconds(event(kind), opened, NOW + 3.9) == (pytest.approx(3.9) if kind in OPENING else None)
    assert greeting_seconds(event(kind), planned(NOW + 3.4), NOW + 3.9) is None
    assert greeting_seconds(event(kind, "phone"), opened, NOW + 3.9) is None
