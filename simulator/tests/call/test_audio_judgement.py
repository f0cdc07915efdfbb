from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from simulator.tests.harness.records import record
from voice_simulator.call.audio_judgement import AudioJudgement, judge_audio
from voice_simulator.caller.frame_mark import FrameMark, write_mark
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.record.events import KeyPressed, MachinePaused
from voice_simulator.vonage.play_out import PlayOut

FRAMES = 500  # in 10 s
START = 100.0
PAUSED = (105.0, 105.35)


def judge(
    delay: Callable[[float], float] = lambda at: 0.001,
    lost: Iterable[int] = (),
    corrupted: Iterable[int] = (),
    asked: Iterable[tuple[float, float]] = (),
    paused: bool = False,
    punctual_network: bool = False,
) -> AudioJudgement:
    """Judge a call to a server with a delay by the time in the call, which loses and changes some frames.

    In a pause of this machine nothing is sent and nothing is received: it goes when the pause ends. With a punctual
    network, what arrived is received in time nevertheless.
    """
    start, end = PAUSED if paused else (0.0, 0.0)
    call = record(*(KeyPressed(START + at, f"{seconds:.0f}", "socket") for at, seconds in asked))
    if paused:
        call.add(MachinePaused(end, end - start))
    call.frames.first_at = START
    ledger, play_out = EchoLedger(0, call.frames), PlayOut(call.frames)
    arrivals = []
    for number in range(FRAMES):
        frame, due = write_mark(bytes(320), FrameMark(0, number)), START + number * 0.02
        sent_at = end if start <= due < end else due
        ledger.send(frame, sent_at)
        back_at = sent_at + delay(due - START)
        if number not in set(lost):
            changed = frame[:-1] + b"\x55" if number in set(corrupted) else frame
            held = start <= back_at < end and not punctual_network
            arrivals.append((end if held else back_at, changed))
    for time, frame in arrivals:
        play_out.queue(ledger.receive(frame, time), time)
    play_out.end(999.0)
    return judge_audio(call, hung_up=True)


def test_a_good_server() -> None:
    assert judge() == AudioJudgement()


def test_frames_that_a_server_drops_of_the_burst_can_t_be_judged() -> None:
    dropped = range(253, 262)  # they left at the end of the pause, or were due then
    assert judge(lost=dropped).faults == ["of 500 frames sent: 9 lost"]
    judgement = judge(lost=dropped, paused=True)
    assert (judgement.faults, judgement.doubts) == ([], ["of 500 frames sent: 9 lost"])


@pytest.mark.parametrize("lost", [range(100, 103), range(400, 401), [100, 255]])
def test_frames_that_are_lost_far_from_a_pause_are_the_server_s_fault(lost: list[int]) -> None:
    assert judge(lost=lost, paused=True).faults


def test_a_pause_corrupts_nothing() -> None:
    judgement = judge(lost=[255], corrupted=[256], paused=True)
    assert judgement.faults == ["of 500 frames sent: 1 lost, 1 corrupted"]


def test_a_lag_that_a_pause_explains_can_t_be_judged() -> None:
    """Frames came while nobody looked: by their arrival alone they were 400 ms on their way."""
    judgement = judge(lambda at: 0.05, paused=True)
    assert judgement.faults == []
    assert judgement.doubts[0].startswith("the echo is heard ")


def test_a_lag_that_the_server_can_t_have_caused_is_none() -> None:
    """The machine was late with sending alone: no frame took long to come back."""
    late_senders = judge(lambda at: 0.0, paused=True, punctual_network=True)
    assert late_senders == AudioJudgement()


@pytest.mark.parametrize("delay", [0.3, 2.0])
def test_a_late_server_is_blamed_though_this_machine_paused(delay: float) -> None:
    judgement = judge(lambda at: delay, paused=True)
    assert (len(judgement.faults), judgement.doubts) == (1, [])


@pytest.mark.parametrize(
    ("delay", "asked", "fault"),
    [
        (lambda at: 3.0 if at >= 2 else 0.0, [(2.0, 3.0)], False),
        (lambda at: 3.3 if at >= 2 else 0.0, [(2.0, 3.0)], True),
        (lambda at: 3.0 if at >= 2 else 0.0, [(2.0, 2.0)], True),
    ],
)
def test_a_delay_by_key_is_asked_for(
    delay: Callable[[float], float], asked: list[tuple[float, float]], fault: bool
) -> None:
    assert bool(judge(delay, asked=asked).faults) is fault


def test_a_call_that_falls_behind_is_a_warning() -> None:
    (warning,) = judge(lambda at: 0.001 * at).warnings
    assert warning.startswith("the echo falls behind by 1.0 ms a second")
