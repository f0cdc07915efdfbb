import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echo_engine.drift import Drift


def drift_of(points: list[tuple[float, float]]) -> Drift:
    drift = Drift()
    for time, lateness in points:
        drift.add(time, lateness)
    return drift


@settings(deadline=None)
@given(st.lists(st.floats(0.0, 0.1), min_size=3, max_size=10), st.floats(-5e-4, 5e-4))
def test_the_line_is_the_highest_one_below_all_points_in_the_mean(delays: list[float], slope: float) -> None:
    """Against all lines through two points, of which the best one is the solution (Moon, Skelly and Towsley)."""
    points = [(15.0 * number, delay + slope * 15.0 * number) for number, delay in enumerate(delays)]
    mean = sum(time for time, _ in points) / len(points)
    lines = [
        (start[1] + (end[1] - start[1]) / (end[0] - start[0]) * (mean - start[0]), start, end)
        for start, end in itertools.combinations(points, 2)
        if all(
            point[1] - start[1] >= (end[1] - start[1]) / (end[0] - start[0]) * (point[0] - start[0]) - 1e-12
            for point in points
        )
    ]
    best = max(height for height, _, _ in lines)
    estimate = drift_of(points).estimate()
    if points[-1][0] < 120:
        assert estimate is None
        return
    assert estimate is not None
    best_slopes = [(end[1] - start[1]) / (end[0] - start[0]) for height, start, end in lines if height >= best - 1e-7]
    assert min(abs(-estimate.ppm / 1e6 - each) for each in best_slopes) < 1e-8
    assert estimate.error_ppm >= 0


def test_under_two_minutes_nothing_is_said() -> None:
    drift = drift_of([(0.5 * number, 0.0) for number in range(240)])
    assert drift.estimate() is None
    drift.add(120.0, 0.0)
    assert drift.estimate() == (0.0, 0.0)


def test_a_pause_begins_anew_and_the_longest_time_counts() -> None:
    drift = drift_of([(float(number), -1e-4 * number) for number in range(200)])
    drift.restart()
    estimate = drift.estimate()
    assert estimate is not None
    assert estimate.ppm == pytest.approx(100)
    for number in range(150):
        drift.add(1000.0 + number, 0.5)
    assert drift.estimate() == estimate
    for number in range(150, 250):
        drift.add(1000.0 + number, 0.5)
    assert drift.estimate() == (0.0, 0.0)


def test_two_hours_take_no_more_memory_than_two_minutes_and_keep_the_slope() -> None:
    drift = drift_of([(0.5 * number, 3e-4 * 0.5 * number + 0.001 * (number % 7)) for number in range(14_400)])
    estimate = drift.estimate()
    assert estimate is not None
    assert estimate.ppm == pytest.approx(-300, abs=1)
    assert estimate.error_ppm < 5
    assert len(drift._times) <= 16


def test_a_path_that_becomes_longer_shows_in_the_error() -> None:
    drift = drift_of([(float(number), 0.0 if number < 300 else 0.01) for number in range(600)])
    estimate = drift.estimate()
    assert estimate is not None
    assert abs(estimate.ppm) <= estimate.error_ppm < 50
