from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_simulator.vonage.leg_limit import LegLimit, LegRefusedError, RefusedAs

TICKS = 1024  # a second; floats can hold the times exactly


def opens(limit: LegLimit, now: float) -> bool:
    try:
        limit.open_leg(now)
    except LegRefusedError:
        return False
    return True


@given(
    st.sampled_from([(0.25, 1, 4.0), (0.5, 1, 2.0), (1, 1, 1.0), (2.5, 2, 1.0), (3, 3, 1.0), (7, 7, 1.0)]),
    st.lists(st.integers(0, 2 * TICKS) | st.integers(0, TICKS // 4) | st.just(0), max_size=60),
)
def test_no_window_holds_more_and_no_leg_is_refused_without_need(
    limit: tuple[float, int, float], pauses: list[int]
) -> None:
    legs_per_second, legs, window = limit
    leg_limit = LegLimit(legs_per_second)
    opened: list[float] = []
    for time in (ticks / TICKS for ticks in itertools.accumulate(pauses)):
        in_window = sum(time - window < earlier <= time for earlier in opened)
        assert opens(leg_limit, time) is (in_window < legs)
        if in_window < legs:
            opened.append(time)
    for start in opened:
        assert sum(start <= time < start + window for time in opened) <= legs


def test_refused_legs_take_no_place() -> None:
    limit = LegLimit(3)
    times = [0.0, 0.0, 0.5, 0.6, 0.7, 0.9, 1.0, 1.1, 1.2, 1.5, 1.6]
    assert [time for time in times if opens(limit, time)] == [0.0, 0.0, 0.5, 1.0, 1.1, 1.5]


def test_0_is_no_limit() -> None:
    limit = LegLimit(0)
    assert all(opens(limit, 5.0) for _ in range(1000))


@pytest.mark.parametrize(
    ("refused_as", "status"),
    [("failed", "failed"), ("rejected", "rejected"), ("timeout", "timeout"), ("reason", None)],
)
def test_a_refusal_has_the_status_of_its_event(refused_as: RefusedAs, status: str | None) -> None:
    limit = LegLimit(1, refused_as)
    limit.open_leg(0.0)
    with pytest.raises(LegRefusedError, match="429: limit of new legs exceeded") as error:
        limit.open_leg(0.1)
    assert error.value.status == status
