from __future__ import annotations

from array import array

import pytest

from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.frame_mark import FrameMark, write_mark
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.report.summary import Gap, Lag, Spread, lag_series, summarise
from voice_simulator.vonage.play_out import PlayOut


def result_of(round_trips: list[float], lost: int = 0) -> CallResult:
    check = EchoLedger(0)
    for number, round_trip in enumerate([*round_trips, *[None] * lost]):
        frame = write_mark(bytes(320), FrameMark(0, number))
        check.send(frame, time=number)
        if round_trip is not None:
            check.receive(frame, time=number + round_trip)
    return CallResult("CON-1", check)


def test_nothing_measured() -> None:
    summary = summarise([result_of([])])
    times = (summary.answer_ms, summary.connect_ms, summary.round_trip_ms, summary.jitter_ms, summary.sender_late_ms)
    assert times == (None,) * 5
    assert (summary.play_out_lag_ms, summary.gap_ms, summary.longest_silence_ms) == (None, None, None)
    assert set(summary.frames.values()) == {0}


def test_one_frame_has_no_jitter() -> None:
    assert summarise([result_of([0.001])]).jitter_ms is None


def test_calls_are_added_up() -> None:
    first, second = result_of([0.001, 0.003, 0.002]), result_of([0.101, 0.101], lost=1)
    first.connect_seconds = 0.010
    first.late = array("d", [0.001] * 3)
    second.verdict.fail(Outcome.AUDIO_WRONG, "1 lost")
    summary = summarise([first, second])
    assert (summary.calls_placed, summary.calls_good) == (2, 1)
    assert (summary.frames["sent"], summary.frames["returned"], summary.frames["lost"]) == (6, 5, 1)
    assert summary.connect_ms == Spread(10, 10, 10, 10, 10)
    assert summary.sender_late_ms == Spread(1, 1, 1, 1, 1)
    assert summary.round_trip_ms is not None
    assert (summary.round_trip_ms.min, summary.round_trip_ms.p50, summary.round_trip_ms.max) == (1, 3, 101)
    # |3-1|, |2-3| and |101-101|: never from one call to the next.
    assert summary.jitter_ms == pytest.approx(1.0)


def played(*times: tuple[float, float]) -> PlayOut:
    play_out = PlayOut()
    for sent_at, arrived_at in times:
        play_out.queue(sent_at, arrived_at)
    return play_out


def test_lag_silence_and_gaps_of_all_calls() -> None:
    early, late = result_of([]), result_of([])
    early.play_out, late.play_out = played((10.0, 10.01), (10.02, 10.03)), played((20.0, 20.1))
    late.play_out.lose_socket(20.2)
    late.play_out.queue(None, 20.62)
    for result in (early, late):
        result.hung_up = result is early
        result.play_out.end(99.0)
    late.moves = 2
    summary = summarise([early, late, result_of([])])
    assert summary.play_out_lag_ms == Lag(p50=10, max=100, end=100)
    assert summary.gap_ms == Gap(min=500, p50=500, p95=500, p99=500, max=500, total=500)
    assert summary.longest_silence_ms == 500
    assert (summary.calls_lost, summary.moved) == (2, 2)


def test_the_gaps_of_all_moves_are_spread() -> None:
    results = [result_of([]) for _ in range(3)]
    for result, gaps in zip(results, ([0.1, 0.2], [], [0.4, 3.0, 0.3]), strict=True):
        result.play_out.gaps = array("d", gaps)
    gap = summarise(results).gap_ms
    assert gap is not None
    assert (gap.min, gap.p50, gap.max, gap.total) == (100, 300, 3000, 4000)
    assert gap.p50 < gap.p95 < gap.p99 < gap.max


def test_a_call_that_is_given_up_is_lost_even_if_the_caller_hung_up() -> None:
    good, lost, given_up, apologised_to = (result_of([]) for _ in range(4))
    good.hung_up = apologised_to.hung_up = True
    given_up.given_up = apologised_to.given_up = True
    good.connects_refused, lost.connects_refused = 2, 1
    summary = summarise([good, lost, given_up, apologised_to])
    assert (summary.calls_lost, summary.calls_given_up, summary.connects_refused) == (3, 2, 3)


def test_the_lag_over_the_call_shows_where_nothing_was_heard() -> None:
    result = result_of([])
    assert lag_series(result) == []
    result.started_at = 50.0
    result.play_out = played((50.0, 50.01), (50.02, 50.05), (50.2, 50.31))
    result.play_out.end(60.0)
    assert lag_series(result) == [30.0, None, None, 110.0]
