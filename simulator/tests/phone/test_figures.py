from __future__ import annotations

from simulator.tests.harness.placing import SPEECH, script
from voice_simulator.audio.format import AudioFormat
from voice_simulator.caller.caller import Caller
from voice_simulator.caller.frame_mark import FrameMark, write_mark
from voice_simulator.phone.figures import FORGOTTEN_SECONDS, LiveFigures
from voice_simulator.phone.live_voice import LiveVoice
from voice_simulator.phone.microphone import Microphone

SILENCE = bytes(AudioFormat.L16_16000.frame_bytes)


def new_caller() -> Caller:
    return Caller(script(expect="nothing"), 7, LiveVoice("speech", SPEECH))


def frame(number: int) -> bytes:
    return write_mark(SILENCE, FrameMark(7, number))


def test_a_call_in_which_nothing_has_come_yet_knows_little() -> None:
    figures = LiveFigures(new_caller(), Microphone()).look(1.0)
    assert figures["frames"] == {
        "sent": 0,
        "heard": 0,
        "returned": None,
        "lost": None,
        "dropped": None,
        "cleared": 0,
        "overflowed": 0,
        "missing": 0,
        "excess": 0,
    }
    assert set(figures["round_trip_ms"].values()) == {None}
    assert figures["jitter_ms"] is figures["lag_ms"] is None


def test_the_figures_of_an_echo() -> None:
    caller = new_caller()
    figures = LiveFigures(caller, Microphone())
    for number in range(10):
        caller.ledger.send(frame(number), number * 0.02)
        if number != 4:
            caller.hear(frame(number), number * 0.02 + (0.01 if number < 8 else 0.05))
    seen = figures.look(0.25)
    assert (seen["frames"]["sent"], seen["frames"]["returned"], seen["frames"]["lost"]) == (10, 9, 1)
    assert seen["round_trip_ms"] == {"p50": 10.0, "p95": 50.0, "recent_p50": 10.0, "recent_p95": 50.0}
    assert seen["jitter_ms"] == 2.34  # 40 ms / 16, less a sixteenth
    assert seen["lag_ms"] == 50.0
    assert seen["gaps"] == {"count": 2, "total_ms": 60.0, "longest_ms": 40.0}


def test_what_waits_for_its_play_out_is_counted() -> None:
    caller = new_caller()
    for _ in range(11):
        caller.hear(SILENCE, 1.0)
    seen = LiveFigures(caller, Microphone()).look(1.01)
    assert (seen["queue_frames"], seen["queue_ms"]) == (10, 200)


def test_a_frame_on_its_way_is_not_lost_before_75_s() -> None:
    caller = new_caller()
    figures = LiveFigures(caller, Microphone())
    for number in range(2):
        caller.ledger.send(frame(number), number * 0.02)
    caller.hear(frame(0), 0.01)
    assert figures.look(FORGOTTEN_SECONDS)["frames"]["lost"] == 0
    assert figures.look(FORGOTTEN_SECONDS + 1)["frames"]["lost"] == 1


def test_a_lag_of_long_ago_is_none_now() -> None:
    caller = new_caller()
    caller.ledger.send(frame(0), 0.0)
    caller.hear(frame(0), 0.1)
    figures = LiveFigures(caller, Microphone())
    assert figures.look(0.3)["lag_ms"] == 100.0
    assert figures.look(1.0)["lag_ms"] is None


def test_a_pause_is_no_gap() -> None:
    caller = new_caller()
    for time in (0.0, 0.02, 0.1, 2.0):
        caller.hear(SILENCE, time)
    assert LiveFigures(caller, Microphone()).look(2.1)["gaps"] == {"count": 1, "total_ms": 60.0, "longest_ms": 60.0}
