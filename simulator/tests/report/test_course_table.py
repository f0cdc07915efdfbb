from __future__ import annotations

from rich.console import Console

from voice_simulator.call.audio_figures import AudioFigures
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.record.events import ActionBegan, CallAnswered, Cleared
from voice_simulator.report.course_table import course_table
from voice_simulator.scenario.expectation import Expectation


def call() -> CallResult:
    result = CallResult("CON-1", EchoLedger(0))
    result.record.add(CallAnswered(1.0))
    result.record.add(ActionBegan(1.0, 0, {"action": "talk", "text": "[bold]Hello"}, None))
    result.record.add(Cleared(2.5, 3))
    return result


def shown(results: list[CallResult], *expectations: Expectation) -> list[str]:
    """Return the table's lines, without its frame, their words one space apart."""
    console = Console(width=80)
    with console.capture() as capture:
        console.print(course_table(results, expectations))
    lines = [" ".join(line.replace("│", " ").split()) for line in capture.get().splitlines()]
    assert all(len(line) <= 80 for line in capture.get().splitlines())
    return lines


def test_the_steps_and_the_expectations() -> None:
    lines = shown([call()], Expectation("talk", "hello"), Expectation("silence", "true", within=2))
    assert "0.00 s talk [bold]Hello" in lines
    assert "1.50 s clear" in lines
    assert "0.00 s met talk 'hello'" in lines
    assert "met silence within 2 s" in lines
    assert "result good: all that was expected came" in lines


def test_what_is_missed_makes_the_result() -> None:
    missed = Expectation("talk", "bye")
    result = call()
    result.verdict.fail(Outcome.AUDIO_WRONG, "scenario, missed: talk 'bye'")
    lines = shown([result], missed)
    assert "missed talk 'bye'" in lines
    assert "result not all that was expected came" in lines


def test_without_expectations_the_rules_count() -> None:
    assert "result good: every NCCO kept the rules" in shown([call()])
    result = call()
    result.verdict.fail(Outcome.NCCO_WRONG, "it is wrong")
    assert "result the NCCO or the answer to an event is wrong" in shown([result])


def test_the_figures_of_the_audio() -> None:
    result = call()
    result.audio = AudioFigures(100, 0.25, 0.04, 0.02, 1.5, [0.31])
    lines = shown([result])
    assert "frames heard 100" in lines
    assert "first audio after 0.25 s" in lines
    assert "holes 40 ms, 2.0% of the audio" in lines
    assert "longest queue 1.50 s" in lines
    assert "clear 0.31 s after the caller spoke" in lines


def test_of_many_calls_the_good_ones_are_counted() -> None:
    bad = call()
    bad.verdict.fail(Outcome.CONNECTION_FAILED, "it is down")
    lines = shown([call(), bad])
    assert "calls 1 good of 2" in lines
    assert "result connection failed" in lines
