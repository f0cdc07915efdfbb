from __future__ import annotations

from array import array

import pytest

from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome, Verdict
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.report.messages import error_lines, load_lines, warning_lines


def failed(*errors: str) -> CallResult:
    return CallResult("CON-1", EchoLedger(0), verdict=Verdict(errors=[*errors]))


def late(*seconds: float) -> CallResult:
    return CallResult("CON-1", EchoLedger(0), late=array("d", seconds))


def test_a_message_is_shown_as_it_is() -> None:
    result = failed()
    result.verdict.fail(Outcome.CONNECTION_FAILED, "no [red]server[/red]")
    assert error_lines([result]) == ["error: no [red]server[/red]"]


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
    result = failed()
    result.verdict.fail(outcome, "9 lost")
    assert len(load_lines([result], load, cores=2)) == lines
