from __future__ import annotations

import pytest

from webhooks.speech import Speech

GREETING = "x" * 60  # 4 s at first


def test_the_first_estimate() -> None:
    assert Speech(GREETING).seconds("x" * 15) == 1.0


def test_greetings_correct_it() -> None:
    speech = Speech(GREETING)
    speech.measure(5.0)
    assert speech.seconds(GREETING) == 5.0
    assert speech.seconds("x" * 12) == 1.0


def test_events_that_come_late_count_little() -> None:
    speech = Speech(GREETING)
    for seconds in (5.0, 7.9, 5.1, 5.0, 7.5, 5.0, 5.0):
        speech.measure(seconds)
    assert speech.seconds(GREETING) == 5.0


@pytest.mark.parametrize("seconds", [0.0, -5.0, 1.9, 8.1, 1e9])
def test_what_no_greeting_takes_is_no_measurement(seconds: float) -> None:
    speech = Speech(GREETING)
    speech.measure(seconds)
    assert speech.seconds(GREETING) == 4.0


def test_a_voice_that_changes_is_followed() -> None:
    speech = Speech(GREETING)
    for seconds in [5.0] * 100 + [3.0] * 8:
        speech.measure(seconds)
    assert speech.seconds(GREETING) == 3.0
