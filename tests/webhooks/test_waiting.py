from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.ncco import Ncco
from webhooks.waiting import fill_wait, talk_seconds

TEXT = "One moment please"  # 17 characters, 1.13 s
LONG_TEXT = "x" * 1500


def duration(ncco: Ncco) -> float:
    return sum(action["timeout"] if action["action"] == "wait" else talk_seconds(action["text"]) for action in ncco)


def shape(ncco: Ncco) -> list[str]:
    return [action["action"] for action in ncco]


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_no_wait_needs_no_action(seconds: float) -> None:
    assert fill_wait(seconds, TEXT, "en-US") == []


@pytest.mark.parametrize("seconds", [0.1, 0.35, 1.99])
def test_a_short_wait_is_silent(seconds: float) -> None:
    assert fill_wait(seconds, TEXT, "en-US") == [{"action": "wait", "timeout": seconds}]


def test_a_word_is_spoken_from_two_seconds_on() -> None:
    said, waited = fill_wait(2.0, TEXT, "de-DE")
    assert said == {"action": "talk", "text": TEXT, "language": "de-DE"}
    assert waited == {"action": "wait", "timeout": 0.867}


@pytest.mark.parametrize(("seconds", "times"), [(2, 1), (15, 1), (16, 2), (30, 2), (31, 3), (150, 10), (7200, 10)])
def test_a_long_wait_repeats_the_word(seconds: float, times: int) -> None:
    assert shape(fill_wait(seconds, TEXT, "en-US")) == ["talk", "wait"] * times


@pytest.mark.parametrize(("seconds", "times"), [(50, 0), (100.2, 1), (250, 2)])
def test_a_text_that_takes_longer_than_the_wait_is_not_spoken(seconds: float, times: int) -> None:
    ncco = fill_wait(seconds, LONG_TEXT, "en-US")
    assert shape(ncco) == (["talk", "wait"] * times or ["wait"])


@given(st.floats(0.1, 7200), st.integers(1, 1500))
def test_it_takes_the_time_that_it_fills(seconds: float, characters: int) -> None:
    ncco = fill_wait(seconds, "x" * characters, "en-US")
    assert duration(ncco) == pytest.approx(seconds, abs=0.01)
    assert all(action["timeout"] >= 0.1 for action in ncco if action["action"] == "wait")
    assert len(ncco) <= 20
