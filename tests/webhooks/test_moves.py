from typing import Literal

import pytest

from webhooks.event import STATUSES, Event
from webhooks.moves import CLOSED, NOT_OPENED, Attempt, needs_socket, next_attempt, parse_attempt

NOW = 1_800_000_000.0


def event(status: str | None, leg: Literal["phone", "websocket"] | None = "websocket") -> Event:
    return Event(kind=status or "other", status=status, leg=leg, uuid="u", conversation_uuid="c", reason=None)


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
