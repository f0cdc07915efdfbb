from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.event import CONNECT_REFUSED, NCCO_REJECTED, OTHER, STATUSES, Event
from webhooks.moves import (
    CLOSED,
    NOT_OPENED,
    OPENING,
    PlannedConnect,
    greeting_seconds,
    needs_socket,
    next_connect,
    parse_connect,
)

NOW = 1_800_000_000.0
FAILED = [*NOT_OPENED, CONNECT_REFUSED, CLOSED]


def event(kind: str, leg: Literal["phone", "websocket"] | None = "websocket") -> Event:
    return Event(kind=kind, status=kind, leg=leg, uuid="u", conversation_uuid="c", reason=None)


def after(kind: str, ended: PlannedConnect, now: float = NOW, call_uuid: str = "u-1") -> PlannedConnect:
    return next_connect(event(kind), ended, call_uuid, now)


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


def test_a_connect_survives_its_url() -> None:
    assert PlannedConnect(NOW + 0.34, 2, 4.25).query == "due=1800000000.340&failures=2&lost=4.2"
    parsed = parse_connect({"due": "1800000000.340", "failures": "2", "lost": "4.2"}, NOW)
    assert parsed == PlannedConnect(NOW + 0.34, 2, 4.2)
    assert PlannedConnect(NOW, key="a-b_c").query == "due=1800000000.000&failures=0&lost=0.0&key=a-b_c"
    assert parse_connect({"due": "1800000000.000", "key": "a-b_c"}, NOW) == PlannedConnect(NOW, key="a-b_c")


MILLISECONDS = st.integers(0, 10**13 - 1)


@given(MILLISECONDS, st.integers(0, 999), st.integers(0, 10**5), st.none() | MILLISECONDS)
def test_any_connect_survives_its_url(due: int, failures: int, lost_tenths: int, greeted: int | None) -> None:
    connect = PlannedConnect(due / 1000, failures, lost_tenths / 10, None if greeted is None else greeted / 1000)
    query = dict(part.split("=") for part in connect.query.split("&"))
    parsed = parse_connect(query, NOW)
    assert parsed == connect
    assert parsed.name == connect.name


@pytest.mark.parametrize("query", [{}, {"failures": "1", "lost": "2"}, {"at": "1800000000"}])
def test_another_url_names_no_connect(query: dict[str, str]) -> None:
    assert parse_connect(query, NOW) is None


@pytest.mark.parametrize("due", ["", "x", "-5", "nan", "inf", "1e9", "9" * 20, "²", "1800000000.", ".5"])
def test_a_connect_of_unknown_time_was_due_right_now(due: str) -> None:
    assert parse_connect({"due": due}, NOW) == PlannedConnect(NOW)
    ended = parse_connect({"due": due, "failures": "1"}, NOW)
    assert ended is not None
    assert after(CLOSED, ended).failures == 2


@pytest.mark.parametrize("value", ["", "x", "-1", "nan", "inf", "1e3", "²", "9" * 20])
def test_malformed_failures_count_as_none(value: str) -> None:
    assert parse_connect({"due": "1800000000", "failures": value, "lost": value}, NOW) == PlannedConnect(NOW)


def test_a_call_of_the_version_before_keeps_its_place() -> None:
    assert parse_connect({"attempt": "2", "at": "1799999000"}, NOW) == PlannedConnect(NOW - 1000)


@pytest.mark.parametrize("kind", FAILED)
def test_failures_in_a_row_wait_longer_and_longer(kind: str) -> None:
    connect, waits = PlannedConnect(NOW), []
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
    ended = PlannedConnect(NOW + 100)  # paced: due in 100 s, and refused 0.1 s after that
    assert after(kind, ended, NOW + 100.1).lost == pytest.approx(0.1)


def test_a_duplicate_waits_as_long() -> None:
    ended = PlannedConnect(NOW, 3, 7.0)
    first, second = after("failed", ended, NOW + 1), after("failed", ended, NOW + 1.5)
    assert first.failures == second.failures
    assert second.due - first.due == pytest.approx(0.5)


def test_calls_that_fail_together_come_back_apart() -> None:
    ended = PlannedConnect(NOW, 4, 7.0)
    waits = {round(after("failed", ended, call_uuid=f"u-{number}").due - NOW, 2) for number in range(100)}
    assert len(waits) > 50
    assert min(waits) < 6.5
    assert max(waits) > 9.5
    assert all(6 <= wait <= 10 for wait in waits)


def test_a_socket_that_worked_starts_afresh() -> None:
    assert after(CLOSED, PlannedConnect(NOW - 2.1, 5, 20.0)) == PlannedConnect(NOW)
    assert after(CLOSED, PlannedConnect(NOW - 1.9, 5, 20.0)).failures == 6


def test_a_call_that_lives_between_moves_is_moved_for_ever() -> None:
    connect = PlannedConnect(NOW)
    for move in range(1, 1000):
        connect = after(CLOSED, connect, NOW + 3 * move)
    assert connect == PlannedConnect(NOW + 3 * 999)


@pytest.mark.parametrize("kind", [*NOT_OPENED, CONNECT_REFUSED])
def test_a_socket_that_never_opened_is_a_failure_however_late_the_event(kind: str) -> None:
    connect = after(kind, PlannedConnect(NOW - 3600, 1, 1.0))
    assert connect.failures == 2
    assert connect.lost == pytest.approx(16, rel=0.25)  # an hour is no failure's time


def test_clocks_that_differ_start_no_endless_row() -> None:
    connect = PlannedConnect(NOW + 60)
    while connect.lost <= 30:
        connect = after("failed", PlannedConnect(NOW + 60, connect.failures, connect.lost))
    assert connect.failures == 7


@pytest.mark.parametrize("kind", STATUSES)
def test_a_socket_that_opens_right_after_the_greeting_tells_how_long_it_took(kind: str) -> None:
    opened = PlannedConnect(NOW + 3.4, greeted=NOW)
    assert greeting_seconds(event(kind), opened, NOW + 3.9) == (pytest.approx(3.9) if kind in OPENING else None)
    assert greeting_seconds(event(kind), PlannedConnect(NOW + 3.4), NOW + 3.9) is None
    assert greeting_seconds(event(kind, "phone"), opened, NOW + 3.9) is None
