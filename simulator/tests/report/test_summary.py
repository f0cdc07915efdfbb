from __future__ import annotations

import pytest

from simulator.tests.harness.records import echo_record, ended, record
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.record.events import NccoReceived, SocketOpened, SocketRefused, SocketReported
from voice_simulator.record.frames import Frames
from voice_simulator.report.summary import Gap, Lag, Spread, lag_series, summarise
from voice_simulator.vonage.play_out import PlayOut

OPENED = SocketOpened(1.0, "ws://h", 16000, 0.010)
REFUSED = SocketRefused(1.0, "ws://h", None, "429", "2.5", over_limit=True)
GIVEN_UP = (NccoReceived(1.0, 0, [{"action": "talk", "text": "Sorry"}]), SocketReported(1.0, new_ncco=True))


def test_nothing_measured() -> None:
    summary = summarise([ended(record())])
    times = (summary.answer_ms, summary.connect_ms, summary.round_trip_ms, summary.jitter_ms, summary.sender_late_ms)
    assert times == (None,) * 5
    assert (summary.play_out_lag_ms, summary.gap_ms, summary.longest_silence_ms) == (None, None, None)
    assert set(summary.frames.values()) == {0}


def test_one_frame_has_no_jitter() -> None:
    assert summarise([ended(echo_record([0.001]))]).jitter_ms is None


def test_calls_are_added_up() -> None:
    first = ended(echo_record([0.001, 0.003, 0.002], OPENED))
    second = ended(echo_record([0.101, 0.101, None]), "1 lost", outcome=Outcome.AUDIO_WRONG)
    summary = summarise([first, second])
    assert (summary.calls_placed, summary.calls_good) == (2, 1)
    assert (summary.frames["sent"], summary.frames["returned"], summary.frames["lost"]) == (6, 5, 1)
    assert summary.connect_ms == Spread(10, 10, 10, 10, 10)
    assert summary.sender_late_ms == Spread(0, 0, 0, 0, 0)
    assert summary.round_trip_ms is not None
    assert (summary.round_trip_ms.min, summary.round_trip_ms.p50, summary.round_trip_ms.max) == (1, 3, 101)
    # |3-1|, |2-3| and |101-101|: never from one call to the next.
    assert summary.jitter_ms == pytest.approx(1.0)


def played(frames: Frames, *times: tuple[float, float]) -> PlayOut:
    play_out = PlayOut(frames)
    for sent_at, arrived_at in times:
        play_out.queue(sent_at, arrived_at)
    frames.heard_at.extend(arrived_at for _, arrived_at in times)
    return play_out


def test_lag_silence_and_gaps_of_all_calls() -> None:
    early, late = record(), record(OPENED, OPENED, OPENED)
    played(early.frames, (10.0, 10.01), (10.02, 10.03)).end(99.0)
    play_out = played(late.frames, (20.0, 20.1))
    play_out.lose_socket(20.2)
    play_out.queue(None, 20.62)
    play_out.end(99.0)
    nothing = ended(record(), hung_up=False)
    summary = summarise([ended(early), ended(late, hung_up=False), nothing])
    assert summary.play_out_lag_ms == Lag(p50=10, max=100, end=100)
    assert summary.gap_ms == Gap(min=500, p50=500, p95=500, p99=500, max=500, total=500)
    assert summary.longest_silence_ms == 500
    assert (summary.calls_lost, summary.moved) == (2, 2)


def test_the_gaps_of_all_moves_are_spread() -> None:
    results = [ended(record()) for _ in range(3)]
    for result, gaps in zip(results, ([0.1, 0.2], [], [0.4, 3.0, 0.3]), strict=True):
        result.record.frames.gaps.extend(gaps)
    gap = summarise(results).gap_ms
    assert gap is not None
    assert (gap.min, gap.p50, gap.max, gap.total) == (100, 300, 3000, 4000)
    assert gap.p50 < gap.p95 < gap.p99 < gap.max


def test_a_call_that_is_given_up_is_lost_even_if_the_caller_hung_up() -> None:
    good, lost = ended(record(REFUSED, REFUSED)), ended(record(REFUSED), hung_up=False)
    given_up, apologised_to = ended(record(*GIVEN_UP), hung_up=False), ended(record(*GIVEN_UP))
    summary = summarise([good, lost, given_up, apologised_to])
    assert (summary.calls_lost, summary.calls_given_up, summary.connects_refused) == (3, 2, 3)


def test_the_lag_over_the_call_shows_where_nothing_was_heard() -> None:
    filled = record()
    assert lag_series(CallResult(filled)) == []
    filled.frames.first_at = 50.0
    played(filled.frames, (50.0, 50.01), (50.02, 50.05), (50.2, 50.31)).end(60.0)
    assert lag_series(CallResult(filled)) == [30.0, None, None, 110.0]
