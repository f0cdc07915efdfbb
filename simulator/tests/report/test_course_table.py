from __future__ import annotations

from typing import Any

from rich.console import Console

from simulator.tests.harness.records import ended, record
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.script import Expect
from voice_simulator.record.events import ActionBegan, CallAnswered, Cleared, Expectation
from voice_simulator.report.course_table import course_table


def call(*errors: str, outcome: Outcome = Outcome.GOOD, expect: Expect = "nothing", **plan: Any) -> CallResult:
    talk = ActionBegan(1.0, 0, {"action": "talk", "text": "[bold]Hello"}, None)
    return ended(record(CallAnswered(1.0), talk, Cleared(2.5, 3), expect=expect, **plan), *errors, outcome=outcome)


def shown(results: list[CallResult]) -> list[str]:
    """Return the table's lines, without its frame, their words one space apart."""
    console = Console(width=80)
    with console.capture() as capture:
        console.print(course_table(results))
    lines = [" ".join(line.replace("│", " ").split()) for line in capture.get().splitlines()]
    assert all(len(line) <= 80 for line in capture.get().splitlines())
    return lines


def test_the_steps_and_the_expectations() -> None:
    lines = shown([call(must=(Expectation("talk", "hello"), Expectation("silence", within=2.0)))])
    assert "0.00 s talk [bold]Hello" in lines
    assert "1.50 s clear" in lines
    assert "0.00 s met talk 'hello'" in lines
    assert "met silence within 2 s" in lines
    assert "result good: all that was expected came" in lines


def test_what_is_missed_makes_the_result() -> None:
    lines = shown([call("scenario, missed", outcome=Outcome.AUDIO_WRONG, must=(Expectation("talk", "bye"),))])
    assert "missed talk 'bye'" in lines
    assert "result not all that was expected came" in lines


def test_without_expectations_the_rules_count() -> None:
    assert "result good: every NCCO kept the rules" in shown([call()])
    wrong = shown([call("it is wrong", outcome=Outcome.NCCO_WRONG)])
    assert "result the NCCO or the answer to an event is wrong" in wrong


def test_the_figures_of_the_audio() -> None:
    result = call(expect="audio", onsets=(1.0,))
    result.record.frames.first_at = 1.0
    result.record.frames.heard_at.extend([1.25, 1.31, *(1.33 + number * 0.02 for number in range(98))])
    result.record.frames.longest_queue = 75
    lines = shown([result])
    assert "audio heard 2.00 s, 100 frames" in lines
    assert "first audio 0.25 s after the answer" in lines
    assert "holes 40 ms, 2.0% of the audio" in lines
    assert "longest queue 1.50 s" in lines
    assert "clear 0.50 s after the caller spoke" in lines


def test_of_many_calls_the_good_ones_are_counted() -> None:
    bad = call("it is down", outcome=Outcome.CONNECTION_FAILED)
    lines = shown([call(), bad])
    assert "calls 1 good of 2" in lines
    assert "result connection failed" in lines
