from __future__ import annotations

import io
import re
from array import array
from typing import Any

from rich.console import Console

from simulator.call.result import CallResult
from simulator.call.verdict import Outcome
from simulator.echo.ledger import EchoLedger
from simulator.report.table import table


def printed(results: list[CallResult], width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(table(results))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def result(**fields: Any) -> CallResult:
    return CallResult("CON-1", EchoLedger(0), **fields)


def test_the_table_of_a_call_that_never_began() -> None:
    failed = result()
    failed.verdict.fail(Outcome.CONNECTION_FAILED, "no server")
    text = printed([failed])
    assert "0 good of 1" in text
    assert "connection failed" in text


def test_what_few_calls_have_is_shown_only_there() -> None:
    text = printed([result(hung_up=True)])
    assert "frames out of order" in text
    assert "frames stale" not in text
    assert "calls lost" not in text
    assert "calls given up" not in text
    assert "connects refused" not in text
    assert "every byte came back" in text

    moved = result(hung_up=True, moves=1)
    moved.ledger.skip()
    text = printed([moved, result()])
    assert "frames in gap" in text
    assert re.search("calls lost +│ 1 ", text)
    assert re.search("moved to a new socket +│ 1 ", text)
    assert "what came back is whole and in order" in text


def test_refused_connects_are_shown_without_a_move_too() -> None:
    text = printed([result(hung_up=True, connects_refused=7)])
    assert re.search("connects refused +│ 7 ", text)
    assert "calls lost" not in text


def test_the_gaps_of_a_bad_run_fit_a_line_of_80_columns() -> None:
    calls = [result(hung_up=True, moves=1), result(given_up=True)]
    calls[0].play_out.gaps = array("d", [0.25] * 9 + [12.5, 61.25])
    text = printed(calls, width=80)
    assert re.search("calls lost +│ 1 ", text)
    assert re.search("calls given up +│ 1 ", text)
    assert re.search("gap, ms +│ min 250  p50 250  p95 36875  p99 56375  max 61250 ", text)
    assert re.search("gap in all, ms +│ 76000 ", text)
