from __future__ import annotations

import io
import json
from array import array
from typing import Any

from rich.console import Console

from simulator import report
from simulator.call_result import CallResult, Outcome
from simulator.echo_check import EchoCheck


def printed(results: list[CallResult]) -> str:
    console = Console(file=io.StringIO(), width=100)
    console.print(report.table(results))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def result(**fields: Any) -> CallResult:
    return CallResult("CON-1", EchoCheck(0), **fields)


def test_the_table_of_a_call_that_never_began() -> None:
    failed = result()
    failed.fail(Outcome.CONNECTION_FAILED, "no [red]server[/red]")
    text = printed([failed])
    assert "0 good of 1" in text
    assert "connection failed" in text
    assert report.error_lines([failed]) == ["error: no [red]server[/red]"]


def test_the_worst_outcome_counts() -> None:
    results = [result(outcome=outcome) for outcome in (Outcome.AUDIO_WRONG, Outcome.CONNECTION_FAILED, Outcome.GOOD)]
    assert report.exit_outcome(results) == 3


def test_equal_messages_are_one_line_and_many_lines_are_cut() -> None:
    results = [result(errors=["same"]) for _ in range(3)] + [result(errors=[f"other {n}"]) for n in range(20)]
    lines = report.error_lines(results)
    assert lines[0] == "error: same (3 times)"
    assert len(lines) == 11
    assert lines[-1] == "error: and 11 more (--json shows all)"


def test_a_sender_that_is_late_is_a_warning() -> None:
    assert report.warning_lines([result(late=array("d", [0.001] * 100))]) == []
    (line,) = report.warning_lines([result(late=array("d", [0.050] * 100))])
    assert line.startswith("warning: this machine sent frames late (p99 50.0 ms)")


def test_json_has_the_totals_and_each_call() -> None:
    bad = result()
    bad.fail(Outcome.NCCO_WRONG, "NCCO[0] is bad")
    data = json.loads(json.dumps(report.as_json([bad, result()])))
    assert data["exit_code"] == 2
    assert data["outcome"] == "ncco_wrong"
    assert data["errors"] == ["NCCO[0] is bad"]
    assert data["frames"]["sent"] == 0
    assert [call["exit_code"] for call in data["calls"]] == [2, 0]
    assert data["calls"][0]["conversation_uuid"] == "CON-1"
