from __future__ import annotations

import io
import re
from array import array
from typing import Any

from rich.console import Console

from voice_simulator.audio.format import AudioFormat
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.keypad import AskedDelay
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.report.table import table


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


def test_no_line_of_the_worst_run_is_longer_than_80_columns() -> None:
    calls = [result(hung_up=True, moves=1, audio_format=each, answer_seconds=5.5) for each in AudioFormat]
    for call in calls:
        call.late = array("d", [0.0, 12.3456, 99.9999])
        call.ledger.round_trips = array("d", [0.00012, 0.012345, 1.234567, 12.345678, 61.234567] * 40)
        call.ledger.returned_numbers = array("I", range(200))
        call.play_out.lags, call.play_out.played_at = array("d", [61.234567] * 2), array("d", [0.0, 61.0])
        call.play_out.gaps = array("d", [61.2345])
        for at in (1.0, 2.5, 4.0):
            call.delay_asked.change(9.0, at)
        call.verdict.doubt("the echo is late")
    lines = printed(calls, width=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if re.search("round trip, ms +│ min .* max ", line)]
    assert [line for line in lines if re.search("play-out lag, ms +│ p50 .* end ", line)]


def test_the_delay_asked_for_is_told() -> None:
    late = result(hung_up=True, started_at=10.0)
    assert "delay asked for" not in printed([late])
    late.delay_asked.change(3.0, 12.0)
    assert re.search(r"delay asked for, s +│ 3 from 2\.0 s on ", printed([late]))


def test_a_delay_from_the_start_is_told() -> None:
    late = result(hung_up=True, started_at=10.0, delay_asked=AskedDelay(1.5))
    assert re.search(r"delay asked for, s +│ 1\.5 from 0\.0 s on ", printed([late]))


def test_a_call_that_could_not_be_judged_is_not_good() -> None:
    doubted = result(hung_up=True)
    doubted.verdict.doubt("9 lost")
    text = printed([doubted])
    assert "0 good of 1" in text
    assert "not judged: this machine stood still itself" in text
