from __future__ import annotations

import pytest

from simulator.tests.harness.records import ended, record
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.report.messages import error_lines, load_lines, warning_lines


def failed(*errors: str, outcome: Outcome = Outcome.CONNECTION_FAILED) -> CallResult:
    return ended(record(), *errors, outcome=outcome)


def late(*seconds: float) -> CallResult:
    filled = record()
    filled.frames.first_at = 0.0
    ledger = EchoLedger(0, filled.frames)
    for number, each in enumerate(seconds):
        ledger.send_unmarked(number * 0.02 + each)
    return ended(filled)


def test_a_message_is_shown_as_it_is() -> None:
    assert error_lines([failed("no [red]server[/red]")]) == ["error: no [red]server[/red]"]


def test_equal_messages_are_one_line_and_many_lines_are_cut() -> None:
    results = [failed("same") for _ in range(3)] + [failed(f"other {n}") for n in range(20)]
    lines = error_lines(results)
    assert lines[0] == "error: same (3 times)"
    assert len(lines) == 11
    assert lines[-1] == "error: and 11 more (--json shows all)"


def test_a_sender_that_is_late_is_a_warning() -> None:
    assert warning_lines([late(*[0.001] * 100)]) == []
    (line,) = warning_lines([late(*[0.001] * 999, 0.200)])
    assert "max 200.0 ms" in line
    (line,) = warning_lines([late(*[0.050] * 100)])
    assert line.startswith("warning: this machine sent frames late (p99 50.0 ms, max 50.0 ms)")


@pytest.mark.parametrize(
    ("load", "outcome", "lines"),
    [
        (3.1, Outcome.AUDIO_WRONG, 1),
        (2.9, Outcome.AUDIO_WRONG, 0),
        (9.0, Outcome.GOOD, 0),
        (9.0, Outcome.CONNECTION_FAILED, 0),
    ],
)
def test_a_busy_machine_is_told_where_audio_went_wrong(load: float, outcome: Outcome, lines: int) -> None:
    assert len(load_lines([failed("9 lost", outcome=outcome)], load, cores=2)) == lines
