from __future__ import annotations

import io
import json
import re
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
    (line,) = report.warning_lines([result(late=array("d", [0.001] * 999 + [0.200]))])
    assert "max 200.0 ms" in line
    (line,) = report.warning_lines([result(late=array("d", [0.050] * 100))])
    assert line.startswith("warning: this machine sent frames late (p99 50.0 ms, max 50.0 ms)")


def test_what_few_calls_have_is_shown_only_there() -> None:
    text = printed([result(hung_up=True)])
    assert "frames out of order" in text
    assert "frames stale" not in text
    assert "calls lost" not in text
    assert "every byte came back" in text

    moved = result(hung_up=True, moves=1)
    moved.check.skip()
    text = printed([moved, result()])
    assert "frames in gap" in text
    assert re.search("calls lost +│ 1 ", text)
    assert re.search("moved to a new socket +│ 1 ", text)
    assert "what came back is whole and in order" in text


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
    assert data["calls"][0]["play_out_lag_each_100_ms"] == []
