from __future__ import annotations

import pytest

from simulator.tests.harness.placing import SHORT
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.record.events import ActionBegan, CallAnswered, Cleared
from voice_simulator.record.record import Record
from voice_simulator.scenario.expectation import Expectation
from voice_simulator.scenario.scenario import Scenario


def call(started_at: float | None = None) -> CallResult:
    """Return a call that was answered at 100 and had a talk at 1 s, a clear at 3 s, and sound from 2 to 3 s."""
    result = CallResult("CON-1", EchoLedger(0), record=Record(0.0), started_at=started_at)
    result.record.add(CallAnswered(100.0))
    result.record.add(ActionBegan(101.0, 0, {"action": "talk", "text": "Good morning"}, None))
    result.record.add(Cleared(103.0, 3))
    result.heard_at.extend(102 + number * 0.02 for number in range(50))
    return result


@pytest.mark.parametrize(
    ("expectation", "met_at"),
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
def test_what_must_come_in_its_time(expectation: Expectation, met_at: float | None) -> None:
    assert expectation.met_at(call()) == (None if met_at is None else pytest.approx(met_at))


def test_the_clock_of_an_echo_begins_with_its_first_frame() -> None:
    assert Expectation("talk", "true").met_at(call(started_at=102.0)) == -1.0


def test_what_is_missed_is_an_error_in_words() -> None:
    result, missed = call(), Expectation("talk", "evening", 1.0, 2.0)
    Scenario(SHORT, "answers", [missed, Expectation("clear", "true")]).judge(result)
    assert result.verdict.outcome is Outcome.AUDIO_WRONG
    assert result.verdict.errors == ["scenario, missed: talk 'evening' within 2 s after 1 s"]
