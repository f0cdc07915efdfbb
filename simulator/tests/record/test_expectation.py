from __future__ import annotations

import pytest

from simulator.tests.harness.records import record
from voice_simulator.record.events import ActionBegan, CallAnswered, Cleared, Expectation
from voice_simulator.record.expectation import met_at
from voice_simulator.record.record import Record


def call(first_at: float | None = None) -> Record:
    """Return a call that was answered at 100 and had a talk at 1 s, a clear at 3 s, and sound from 2 to 3 s."""
    talk = ActionBegan(101.0, 0, {"action": "talk", "text": "Good morning"}, None)
    filled = record(CallAnswered(100.0), talk, Cleared(103.0, 3))
    filled.frames.first_at = first_at
    filled.frames.heard_at.extend(102 + number * 0.02 for number in range(50))
    return filled


@pytest.mark.parametrize(
    ("expectation", "at"),
    [
        (Expectation("talk", "MORNING"), 1.0),
        (Expectation("talk", "true", within=1.5), 1.0),
        (Expectation("talk", "evening"), None),
        (Expectation("talk", "true", within=0.5), None),
        (Expectation("talk", "true", after=1.5), None),
        (Expectation("clear", "true", after=2.8, within=0.3), 3.0),
        (Expectation("clear", "true", after=2.8, within=0.1), None),
        (Expectation("audio", "true", within=2.1), 2.01),
        (Expectation("audio", "true", within=1.9), None),
        (Expectation("audio", "true", after=3), None),
        (Expectation("silence", "true", within=1.9), 1.9),
        (Expectation("silence", "true", after=3.0, within=1.0), 4.0),
        (Expectation("silence", "true", after=2.9, within=1.0), None),
    ],
)
def test_what_must_come_in_its_time(expectation: Expectation, at: float | None) -> None:
    assert met_at(expectation, call()) == (None if at is None else pytest.approx(at))


def test_the_clock_of_an_echo_begins_with_its_first_frame() -> None:
    assert met_at(Expectation("talk"), call(first_at=102.0)) == -1.0
