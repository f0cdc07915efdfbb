from collections.abc import Iterator

from echo_engine.call import Call, EchoPolicy
from echo_engine.watchdog import CLOSE_SECONDS, HANDSHAKE_SECONDS, MESSAGES_BURST, Limits, Verdict, Watch

LIMITS = Limits(idle_seconds=60.0, stalled_seconds=10.0)


def open_watch() -> tuple[Watch, Call]:
    watch = Watch(LIMITS, 0.0)
    watch.deadline = float("inf")
    return watch, Call(EchoPolicy(), 0.0)


def seconds(start: float, end: float) -> Iterator[float]:
    """Yield the times of the sweeps."""
    now = start
    while now <= end:
        yield now
        now += 0.5


def test_a_handshake_has_one_deadline_however_much_comes_in() -> None:
    watch = Watch(LIMITS, 0.0)
    watch.received_at = HANDSHAKE_SECONDS - 0.1
    assert watch.judge(None, 0, HANDSHAKE_SECONDS - 0.1) is None
    assert watch.judge(None, 0, HANDSHAKE_SECONDS) is Verdict.OVERDUE


def test_an_ended_call_gets_its_connection_cut() -> None:
    watch, call = open_watch()
    watch.deadline = 100.0 + CLOSE_SECONDS
    assert watch.judge(call, 0, 101.0) is None
    assert watch.judge(call, 0, 102.0) is Verdict.OVERDUE


def test_a_quiet_peer_is_pinged_once_and_then_given_up() -> None:
    watch, call = open_watch()
    verdicts = []
    for now in seconds(0.0, 60.0):
        verdict = watch.judge(call, 0, now)
        if verdict is not None:
            verdicts.append((now, verdict))
        if verdict is Verdict.PING_DUE:
            watch.pinged_at = now
    assert verdicts == [(40.0, Verdict.PING_DUE), (60.0, Verdict.IDLE)]


def test_a_pong_keeps_a_quiet_peer() -> None:
    watch, call = open_watch()
    pings = 0
    for now in seconds(0.0, 3600.0):
        verdict = watch.judge(call, pings, now)
        if verdict is Verdict.PING_DUE:
            pings += 1
            watch.pinged_at = now
            watch.received_at = now + 0.1
        else:
            assert verdict is None
    assert pings > 80


def test_a_peer_that_does_not_read_is_given_up() -> None:
    watch, call = open_watch()
    watch.write_paused_at = 5.0
    assert watch.judge(call, 0, 14.5) is None
    assert watch.judge(call, 0, 15.0) is Verdict.STALLED


def test_a_call_at_ten_times_the_speed_is_ended_and_a_stalled_ones_burst_is_not() -> None:
    watch, call = open_watch()
    call.frames_echoed = 3072
    for now in seconds(0.5, 100.0):
        call.frames_echoed += 25
        watch.received_at = now
        assert watch.judge(call, 0, now) is None
    for now in seconds(100.5, 200.0):
        call.frames_echoed += 250
        watch.received_at = now
        if watch.judge(call, 0, now) is Verdict.RATE_EXCEEDED:
            break
    else:
        raise AssertionError("500 frames a second went on for 100 s")


def test_a_flood_of_pings_or_texts_is_ended() -> None:
    watch, call = open_watch()
    call.texts_received = MESSAGES_BURST // 2 + 20
    watch.received_at = 0.5
    assert watch.judge(call, MESSAGES_BURST // 2, 0.5) is Verdict.RATE_EXCEEDED
