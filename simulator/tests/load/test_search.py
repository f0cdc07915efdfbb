"""The steps of a search, and what is said of its end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.tests.harness.load_step import GOOD
from voice_simulator.load.judgement import Judgement
from voice_simulator.load.report import as_json, sentences
from voice_simulator.load.search import Found, Ramp, Search


@pytest.mark.parametrize(
    ("ramp", "calls"),
    [
        (Ramp(20, None, 100, 10, 50), [20, 25, 31, 39, 49, 61, 76, 95, 100]),
        (Ramp(900, None, 2000, 10, 50), [900, 1100, 1400, 1800, 2000]),
        (Ramp(100, 200, 600, 10, 50), [100, 300, 500, 600]),
        (Ramp(1, None, 4, 10, 50), [1, 2, 3, 4]),
        (Ramp(50, None, 10, 10, 50), [10]),
    ],
)
def test_each_step_has_more_calls_and_the_last_has_the_most(ramp: Ramp, calls: list[int]) -> None:
    assert list(ramp.calls()) == calls


def search(found: Found, why: str = "why") -> Search:
    steps = [replace(GOOD, calls=50, machine_idle=0.5), GOOD, replace(GOOD, calls=120, frames_lost=3)]
    return Search(steps, [Judgement.CARRIED, Judgement.CARRIED, Judgement.TOO_MANY], 0.25, found, why)


def test_carried_are_the_most_calls_of_a_step_that_was() -> None:
    assert search(Found.BREAKING_POINT).carried == 100
    assert Search().carried == 0


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (Found.BREAKING_POINT, "The breaking point: 100 calls are carried; why."),
        (Found.MOST, "No breaking point: 100 calls are carried, and why."),
        (
            Found.OWN_LIMIT,
            "100 calls are carried, and how many more can't be judged from here; the load's own limit",
        ),
        (Found.NOTHING, "Nothing was measured: why."),
    ],
)
def test_the_end_is_told(found: Found, says: str) -> None:
    assert says in sentences(search(found), same_machine=False)[0]


def test_cores_that_were_shared_with_the_server_are_told() -> None:
    here, elsewhere = (sentences(search(Found.BREAKING_POINT), same_machine=same) for same in (True, False))
    assert here[:-1] == elsewhere
    assert here[-1].startswith("From 100 calls on this machine's cores were full")


def test_the_object_has_everything() -> None:
    told = as_json(search(Found.BREAKING_POINT), "http://host/answer", same_machine=True)
    assert (told["found"], told["calls_carried"], told["base_ms"]) == ("breaking_point", 100, 0.25)
    assert [step["judgement"] for step in told["steps"]] == ["carried", "carried", "too_many"]
    assert told["steps"][2]["breaches"] == ["3 of 50000 frames lost"]
