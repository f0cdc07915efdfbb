from __future__ import annotations

import io
import re

from rich.console import Console

from simulator.tests.harness.records import echo_record, ended, record
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.record.events import (
    KeyPressed,
    NccoReceived,
    RequestSent,
    ResponseReceived,
    SocketOpened,
    SocketRefused,
    SocketReported,
)
from voice_simulator.record.frames import Fate
from voice_simulator.report.table import table


def printed(results: list[CallResult], width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(table(results))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


OPENED = SocketOpened(1.0, "ws://h", 16000, 0.1)
GIVEN_UP = (NccoReceived(1.0, 0, [{"action": "talk", "text": "Sorry"}]), SocketReported(1.0, new_ncco=True))


def test_the_table_of_a_call_that_never_began() -> None:
    text = printed([ended(record(), "no server", outcome=Outcome.CONNECTION_FAILED)])
    assert "0 good of 1" in text
    assert "connection failed" in text


def test_what_few_calls_have_is_shown_only_there() -> None:
    text = printed([ended(record())])
    assert "frames out of order" in text
    assert "frames stale" not in text
    assert "calls lost" not in text
    assert "calls given up" not in text
    assert "connects refused" not in text
    assert "every byte came back" in text

    moved = ended(record(OPENED, OPENED))
    moved.record.frames.fates.append(Fate.IN_GAP.letter)
    text = printed([moved, ended(record(), hung_up=False)])
    assert "frames in gap" in text
    assert re.search("calls lost +│ 1 ", text)
    assert re.search("moved to a new socket +│ 1 ", text)
    assert "what came back is whole and in order" in text


def test_refused_connects_are_shown_without_a_move_too() -> None:
    text = printed([ended(record(*[SocketRefused(1.0, "ws://h", None, "429", "2.5", over_limit=True)] * 7))])
    assert re.search("connects refused +│ 7 ", text)
    assert "calls lost" not in text


def test_the_gaps_of_a_bad_run_fit_a_line_of_80_columns() -> None:
    calls = [ended(record(OPENED, OPENED)), ended(record(*GIVEN_UP), hung_up=False)]
    calls[0].record.frames.gaps.extend([0.25] * 9 + [12.5, 61.25])
    text = printed(calls, width=80)
    assert re.search("calls lost +│ 1 ", text)
    assert re.search("calls given up +│ 1 ", text)
    assert re.search("gap, ms +│ min 250  p50 250  p95 36875  p99 56375  max 61250 ", text)
    assert re.search("gap in all, ms +│ 76000 ", text)


def test_no_line_of_the_worst_run_is_longer_than_80_columns() -> None:
    answered = (
        RequestSent(0.0, 0, "answer", None, "GET", "http://h/answer", {}, 1),
        ResponseReceived(5.5, 0, 200, "OK", "application/json", [], 2, 5.5, None),
    )
    keys = [KeyPressed(at, "9", "socket") for at in (1.0, 2.5, 4.0)]
    calls = []
    for rate in (8000, 16000, 24000):
        opened = SocketOpened(1.0, "ws://h", rate, 0.1)
        filled = echo_record([0.00012, 0.012345, 1.234567, 12.345678, 61.234567] * 40, *answered, opened, *keys, opened)
        filled.frames.gaps.append(61.2345)
        calls.append(ended(filled, "this machine could not judge: the echo is late", outcome=Outcome.NOT_JUDGED))
    lines = printed(calls, width=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if re.search("round trip, ms +│ min .* max ", line)]
    assert [line for line in lines if re.search("play-out lag, ms +│ p50 .* end ", line)]


def test_the_delay_asked_for_is_shown() -> None:
    assert "delay asked for" not in printed([ended(echo_record([0.1], first_at=10.0))])
    late = ended(echo_record([0.1], KeyPressed(12.0, "3", "socket"), first_at=10.0))
    assert re.search(r"delay asked for, s +│ 3 from 2\.0 s on ", printed([late]))
    late = ended(echo_record([0.1], first_at=10.0, delay=1.5))
    assert re.search(r"delay asked for, s +│ 1\.5 from 0\.0 s on ", printed([late]))


def test_a_call_that_could_not_be_judged_is_not_good() -> None:
    text = printed([ended(record(), "9 lost", outcome=Outcome.NOT_JUDGED)])
    assert "0 good of 1" in text
    assert "not judged: this machine stood still itself" in text
