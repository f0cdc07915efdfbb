from __future__ import annotations

import random

import pytest

from voice_simulator.call.round_trip_rules import RoundTrips

SECONDS = 10


def round_trips(growth: float = 0.0, jitter: float = 0.0, step: float = 0.0, noise: float = 0.001) -> list[float]:
    """Return the round trips of a call: they grow by so much a second, vary, or are longer from the middle on."""
    chance = random.Random(2)
    return [
        number / 50 * growth
        + chance.uniform(0, jitter)
        + step * (number > 25 * SECONDS)
        + chance.expovariate(1 / noise)
        for number in range(50 * SECONDS)
    ]


@pytest.mark.parametrize(
    ("times", "warns"),
    [
        (round_trips(), False),
        (round_trips(jitter=0.1), True),
        (round_trips(jitter=0.05), False),
        (round_trips(growth=0.05), False),
        ([*round_trips()[:-1], 3.0], False),  # one hiccup
    ],
)
def test_jitter_over_60_ms_is_a_warning(times: list[float], warns: bool) -> None:
    assert bool(RoundTrips(range(len(times)), times).variation_warning) is warns


@pytest.mark.parametrize(
    ("times", "warning"),
    [
        (round_trips(growth=0.001), "falls behind by 1.0 ms a second: after 252 s it is 250 ms late"),
        (round_trips(growth=0.001, noise=0.02), "falls behind by 1."),
        (round_trips(), ""),
        (round_trips(noise=0.05), ""),
        (round_trips(jitter=0.2), ""),
        (round_trips(step=0.1), ""),  # the call moved to a server far away
        (round_trips(growth=-0.001), ""),
        (round_trips(growth=0.001)[:300], ""),
    ],
)
def test_a_steady_growth_is_a_warning(times: list[float], warning: str) -> None:
    found = RoundTrips(range(len(times)), times).drift_warning
    assert warning in found
    assert bool(warning) is bool(found)


def test_a_short_call_tells_nothing() -> None:
    short = RoundTrips(range(100), [0.2 * (number % 2) for number in range(100)])
    assert (short.variation, short.variation_warning) == (None, "")


def test_seconds_that_are_left_out_tell_nothing() -> None:
    times = round_trips()
    for number in range(100, 400):
        times[number] += 0.3 * (number % 2)
    assert RoundTrips(range(500), times).variation_warning
    assert not RoundTrips(range(500), times, left_out=range(2, 8)).variation_warning
