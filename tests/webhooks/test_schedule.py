from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.schedule import Schedule

NOW = 1_800_000_000.0
SPACING = 0.35  # a third of a second, and 5 % more


names = map("call-{}".format, itertools.count())


def slots(schedule: Schedule, *earliest: float, at: float = 0.0) -> list[float]:
    """Reserve a slot for each of several calls that nothing else names; times count from NOW."""
    times = [schedule.reserve(next(names), 0.0, NOW + time, NOW + at) for time in earliest]
    return [round(time - NOW, 3) for time in times if time is not None]


def reserved(schedule: Schedule, call: str, earliest: float, now: float) -> float:
    slot = schedule.reserve(call, 0.0, earliest, now)
    assert slot is not None
    return slot


def test_it_knows_the_last_slot() -> None:
    schedule = Schedule(3)
    assert schedule.last_slot == 0
    slots(schedule, 0, 3.4, 0)
    assert schedule.last_slot == NOW + 3.4


def test_a_gap_of_exactly_two_spacings_is_used_again() -> None:
    schedule = Schedule(3)
    for number in range(20):
        schedule.reserve(f"u-{number}", 0.0, NOW + 5, NOW)
    schedule.release("u-7", NOW)
    assert slots(schedule, 5.0) == [pytest.approx(5 + 7 * SPACING, abs=0.001)]


def test_the_same_connect_gets_the_same_slot_however_late_it_is_requested_again() -> None:
    schedule = Schedule(3)
    slots(schedule, *[0] * 100)
    first = schedule.reserve("u", 0.0, NOW, NOW)
    assert first == pytest.approx(NOW + 35)
    assert schedule.reserve("u", 0.0, NOW + 30, NOW + 30) == first


def test_an_earlier_connect_that_comes_late_changes_nothing() -> None:
    schedule = Schedule(3)
    schedule.reserve("u", 0.0, NOW, NOW)
    slots(schedule, *[0] * 9)
    slot = schedule.reserve("u", NOW, NOW, NOW + 0.1)
    assert schedule.reserve("u", 0.0, NOW, NOW + 0.2) == slot
    assert schedule.reserve("u", NOW, NOW, NOW + 0.3) == slot


def test_a_connect_whose_slot_was_missed_gets_another() -> None:
    schedule = Schedule(3)
    assert schedule.reserve("u", 0.0, NOW + 3.4, NOW) == NOW + 3.4
    # The answer got lost; the platform requests another after 5 s, and the greeting is yet to be spoken.
    assert schedule.reserve("u", 0.0, NOW + 8.4, NOW + 5) == NOW + 8.4
    assert schedule.reserve("v", 0.0, NOW + 8.4, NOW + 5) == NOW + 8.4 + SPACING


def test_what_is_over_is_forgotten() -> None:
    schedule = Schedule(3)
    for second in range(1000):
        assert slots(schedule, second, second, at=second) == [second, second + SPACING]
        assert len(schedule) <= 12


def test_a_slow_rate_keeps_its_distance() -> None:
    schedule = Schedule(0.1)
    assert schedule.reserve("u", 0.0, NOW, NOW) == NOW
    assert schedule.reserve("v", 0.0, NOW + 9, NOW + 9) == NOW + 10.5


def test_a_caller_who_hung_up_frees_the_slot_but_not_one_that_was_used() -> None:
    schedule = Schedule(3)
    for number in range(4):
        schedule.reserve(f"u-{number}", 0.0, NOW, NOW)
    for call in ("u-0", "u-2", "nobody"):
        schedule.release(call, NOW)
    assert schedule.reserve("v", 0.0, NOW, NOW) == pytest.approx(NOW + 0.7)
    assert schedule.reserve("u-2", 0.0, NOW, NOW) == pytest.approx(NOW + 1.4)


def test_a_slot_that_would_be_too_late_is_not_reserved() -> None:
    schedule = Schedule(1)
    assert [schedule.reserve(f"u-{number}", 0.0, NOW, NOW, longest_wait=3) for number in range(4)] == [
        NOW, pytest.approx(NOW + 1.05), pytest.approx(NOW + 2.1), None
    ]  # fmt: skip
    assert schedule.reserve("v", 0.0, NOW, NOW) == pytest.approx(NOW + 3.15)


def test_what_may_wait_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webhooks.schedule.MAX_SLOTS", 10)
    schedule = Schedule(3)
    times = [schedule.reserve(f"u-{number}", 0.0, NOW, NOW) for number in range(12)]
    assert [time is None for time in times] == [False] * 10 + [True] * 2
    assert schedule.reserve("u-5", NOW, NOW, NOW) is not None, "a call may change its slot"


def test_nothing_is_paced_at_rate_0() -> None:
    schedule = Schedule(0)
    assert slots(schedule, *[5.0] * 1000) == [5.0] * 1000


def test_threads_share_it() -> None:
    schedule = Schedule(50)
    with ThreadPoolExecutor(8) as pool:
        times = list(pool.map(lambda call: reserved(schedule, str(call), NOW, NOW), range(400)))
    gaps = [after - before for before, after in zip(sorted(times), sorted(times)[1:], strict=False)]
    assert min(gaps) == pytest.approx(1.05 / 50, abs=1e-5)


TIMES = st.integers(0, 8000).map(lambda milliseconds: milliseconds / 1000)
# When a request comes after the one before, and how much later its connect may begin at the earliest.
REQUESTS = st.lists(st.tuples(st.floats(0, 2), TIMES), max_size=60)


@given(REQUESTS, st.sampled_from([0.5, 1, 1.5, 3, 7, 30]))
def test_no_second_has_more_connects_than_the_rate(requests: list[tuple[float, float]], rate: float) -> None:
    schedule, now, times = Schedule(rate), NOW, []
    for number, (pause, delay) in enumerate(requests):
        now += pause
        slot = reserved(schedule, f"u-{number}", now + delay, now)
        assert slot >= now + delay
        times.append(slot)
    times.sort()
    for begin in times:
        assert sum(begin <= time < begin + 1 for time in times) <= math.ceil(rate)


def first_free(taken: Iterable[float], earliest: float) -> float:
    """Return the slot that a schedule must give, by looking at every time that may be it."""
    shortest = earliest + 0.1
    candidates = [earliest, shortest, *(time + SPACING for time in taken if time + SPACING >= shortest)]
    return min(time for time in candidates if all(abs(time - other) >= SPACING - 1e-5 for other in taken))


@given(st.lists(st.tuples(st.integers(0, 9), TIMES, st.booleans()), max_size=40))
def test_the_first_free_time_is_taken_whatever_was_released(requests: list[tuple[int, float, bool]]) -> None:
    schedule, waiting = Schedule(3), dict[str, float]()
    for number, (call, delay, hung_up) in enumerate(requests):
        name, earliest = f"u-{call}", NOW + 0.001 + delay
        waiting.pop(name, None)
        if hung_up:
            schedule.release(name, NOW)
        else:
            slot = schedule.reserve(name, float(number), earliest, NOW)
            assert slot == pytest.approx(first_free(waiting.values(), earliest), abs=1e-4)
            waiting[name] = slot or 0.0
    assert len(schedule) == len(waiting)


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 0.3)), max_size=12))
def test_duplicates_take_no_slot(requests: list[tuple[int, float]]) -> None:
    schedule, other, now, seen = Schedule(3), Schedule(3), NOW, dict[int, float]()
    for call, pause in requests:
        now += pause
        slot = reserved(schedule, f"u-{call}", now, now)
        if call not in seen:
            assert slot == reserved(other, f"u-{call}", now, now)  # it never sees a duplicate
        assert slot == seen.setdefault(call, slot)
