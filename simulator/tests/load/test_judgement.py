"""What is wrong while the load itself was late or full is not held against the application."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.tests.harness.load_step import GOOD
from voice_simulator.load.figures import join, least_ms, step_of
from voice_simulator.load.judgement import Judgement, breaches, judge, own_faults
from voice_simulator.load.orders import Measured

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"frames_lost": 1}, "1 of 50000 frames lost"),
    ({"frames_corrupt": 2}, "2 frames damaged, twice or out of order"),
    ({"calls_ended": ["code 1011"]}, "calls ended: 1 (code 1011)"),
    ({"added_p99_ms": 20.1}, "20.1 ms added (p99), over 20"),
]
OWN: list[tuple[dict[str, Any], str]] = [
    ({"own_late_p99_ms": 5.1}, "frames were sent 5.1 ms late (p99), over 5"),
    ({"own_busy": 0.96}, "a process computed 96% of the time"),
]


def test_a_step_within_the_limits_is_carried() -> None:
    assert judge(GOOD) is Judgement.CARRIED
    assert (breaches(GOOD), own_faults(GOOD)) == ([], [])


@pytest.mark.parametrize(("change", "words"), WRONG)
def test_each_breach_is_too_many_and_told(change: dict[str, Any], words: str) -> None:
    step = replace(GOOD, **change)
    assert judge(step) is Judgement.TOO_MANY
    assert breaches(step) == [words]


@pytest.mark.parametrize(("own", "own_words"), OWN)
@pytest.mark.parametrize(("change", "words"), WRONG)
def test_a_breach_under_an_own_fault_is_not_judged(
    change: dict[str, Any], words: str, own: dict[str, Any], own_words: str
) -> None:
    step = replace(GOOD, **change, **own)
    assert judge(step) is Judgement.NOT_JUDGED
    assert (breaches(step), own_faults(step)) == ([words], [own_words])


@pytest.mark.parametrize("own", [own for own, _ in OWN])
def test_an_own_fault_takes_nothing_from_a_step_that_was_carried_all_the_same(own: dict[str, Any]) -> None:
    assert judge(replace(GOOD, **own)) is Judgement.CARRIED


def test_a_load_that_was_a_whole_frame_late_was_not_applied() -> None:
    assert judge(replace(GOOD, own_late_p99_ms=20.1)) is Judgement.NOT_JUDGED


def measured(round_trips: list[int], late: list[int], **changes: Any) -> Measured:
    came_back, sent_late = (np.array(each, np.uint32).tobytes() for each in (round_trips, late))
    report = Measured(1, len(late), 0, came_back, sent_late, ended=[], busy=0.5)
    return report._replace(**changes)


def test_the_reports_of_all_processes_add_up() -> None:
    reports = [
        measured([700, 900], [100, 100, 100], calls=2, corrupt=1),
        measured([500], [100, 300], busy=0.75, ended=["gone"]),
    ]
    raw = join(reports, machine_idle=0.25)
    assert least_ms(raw) == 0.5
    step = step_of(raw, base_ms=0.5)
    assert (step.calls, step.frames_sent, step.frames_lost, step.frames_corrupt) == (3, 5, 2, 1)
    assert (step.added_p50_ms, step.added_max_ms) == (0.2, 0.4)
    assert (step.own_late_max_ms, step.own_busy, step.calls_ended, step.machine_idle) == (0.3, 0.75, ["gone"], 0.25)


def test_without_an_echo_there_is_no_time() -> None:
    raw = join([measured([], [100])], machine_idle=None)
    assert least_ms(raw) is None
    step = step_of(raw, base_ms=0.0)
    assert (step.frames_lost, step.added_p50_ms, step.added_p99_ms) == (1, None, None)
    assert judge(step) is Judgement.TOO_MANY
