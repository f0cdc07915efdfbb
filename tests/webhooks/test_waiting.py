from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.ncco import Ncco, talk
from webhooks.waiting import fill_wait

WORD = talk("Einen Moment bitte", "de-DE")
WORD_SECONDS = 1.2


def shape(ncco: Ncco) -> list[str]:
    return [action["action"] for action in ncco]


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_no_wait_needs_no_action(seconds: float) -> None:
    assert fill_wait(seconds, WORD, WORD_SECONDS) == []


@pytest.mark.parametrize("seconds", [0.1, 0.35, 1.99])
def test_a_short_wait_is_silent(seconds: float) -> None:
    assert fill_wait(seconds, WORD, WORD_SECONDS) == [{"action": "wait", "timeout": seconds}]


def test_a_word_is_spoken_from_two_seconds_on() -> None:
    said, waited = fill_wait(2.0, WORD, WORD_SECONDS)
    assert said == WORD
    assert waited == {"action": "wait", "timeout": 0.8}


@pytest.mark.parametrize(("seconds", "times"), [(2, 1), (15, 1), (16, 2), (30, 2), (31, 3), (150, 10), (7200, 10)])
def test_a_long_wait_repeats_the_word(seconds: float, times: int) -> None:
    assert shape(fill_wait(seconds, WORD, WORD_SECONDS)) == ["talk", "wait"] * times


@pytest.mark.parametrize(("seconds", "times"), [(50, 0), (100.2, 1), (250, 2)])
def test_a_text_that_takes_longer_than_the_wait_is_not_spoken(seconds: float, times: int) -> None:
    ncco = fill_wait(seconds, WORD, 100.0)
    assert shape(ncco) == (["talk", "wait"] * times or ["wait"])


@given(st.floats(0.1, 7200), st.floats(0.01, 100))
def test_it_takes_the_time_that_it_fills(seconds: float, word_seconds: float) -> None:
    ncco = fill_wait(seconds, WORD, word_seconds)
    assert sum(action.get("timeout", word_seconds) for action in ncco) == pytest.approx(seconds, abs=0.01)
    assert all(action["timeout"] >= 0.1 for action in ncco if action["action"] == "wait")
    assert len(ncco) <= 20
