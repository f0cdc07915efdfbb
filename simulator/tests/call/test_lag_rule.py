from __future__ import annotations

import pytest

from voice_simulator.call.lag_rule import Heard, lag_fault, lag_warning
from voice_simulator.caller.script import Stall

STALLS = (Stall(3, at=5), Stall(1, at=12))


def series(seconds: float, *late: tuple[float, float]) -> list[Heard]:
    """Return what is heard in a call: in time, and from each time on so late."""
    times = [number * 0.02 for number in range(round(seconds * 50))]
    return [Heard(at, next((lag for start, lag in reversed(late) if start <= at), 0.0)) for at in times]


@pytest.mark.parametrize(
    ("heard", "fault"),
    [
        ({4.0: 0.2, 8.5: 3.0, 9.5: 0.2, 11.5: 0.24, 13.5: 3.0, 14.5: 0.1}, ""),
        ({9.5: 0.2, 10.0: 0.25, 14.5: 0.1}, "heard up to 250 ms late from 1 s after the stall of 3 s at 5 s"),
        ({9.5: 0.2, 14.5: 3.01}, "heard up to 3010 ms late from 1 s after the stall of 1 s at 12 s"),
        ({8.5: 0.2, 14.5: 0.1}, "nothing is heard from 1 s after the stall of 3 s at 5 s"),
        ({9.5: 0.2}, "nothing is heard from 1 s after the stall of 1 s at 12 s"),
        ({4.0: 0.9, 9.5: 0.2, 14.5: 0.1}, "heard 900 to 900 ms late from 4.0 s"),
    ],
)
def test_the_lag_must_go_after_each_stall(heard: dict[float, float], fault: str) -> None:
    found = lag_fault(STALLS, [Heard(*each) for each in heard.items()])
    assert fault in found
    assert bool(fault) is bool(found)


@pytest.mark.parametrize(
    ("heard", "fault"),
    [
        (series(10, (0, 0.3)), "heard 300 to 300 ms late from 0.0 s to 10.0 s"),
        (series(10, (0, 2.0)), "heard 2000 to 2000 ms late from 0.0 s to 10.0 s"),
        (series(10, (5.0, 2.0)), "heard 2000 to 2000 ms late from 5.0 s to 10.0 s"),
        (series(10, (5.0, 0.4), (6.0, 0.0)), "heard 400 to 400 ms late from 5.0 s to 6.0 s"),
        (series(10, (5.0, 0.4), (5.9, 0.0)), ""),
        (series(10, *[(t / 10, 0.4 * (t % 10 > 2)) for t in range(100)]), "heard 400 to 400 ms late from 0.3 s"),
        (series(0.5, (0.2, 0.3)), "heard 300 to 300 ms late"),
        (series(0.5, (0.3, 0.3)), ""),
        (series(10, (0, 0.24)), ""),
        ([], ""),
    ],
)
def test_without_stalls_the_echo_may_be_late_only_for_a_moment(heard: list[Heard], fault: str) -> None:
    found = lag_fault((), heard)
    assert fault in found
    assert bool(fault) is bool(found)


@pytest.mark.parametrize(("growth", "late_from"), [(0.05, "5.0"), (0.001, "250.0")])
def test_an_echo_that_falls_behind_is_late_in_the_end(growth: float, late_from: str) -> None:
    heard = [Heard(each.at, each.at * growth) for each in series(float(late_from) + 2)]
    assert f"late from {late_from} s" in lag_fault((), heard)
    assert lag_fault((), heard[: round(float(late_from) * 50)]) == ""


def test_a_moment_is_a_warning_that_says_when_and_how_late() -> None:
    warning = lag_warning((), series(10, (1, 0.3), (1.2, 0), (5, 0.4), (5.6, 0)))
    assert warning.startswith("the echo was heard up to 400 ms late for 0.60 s, from 5.0 s on")
    assert lag_warning((), series(10)) == ""
    assert lag_warning((Stall(1, at=4),), series(10, (5, 0.4), (5.6, 0))) == ""
