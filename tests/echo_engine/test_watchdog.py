from collections.abc import Iterator

from echo_engine.allowance import CallAllowance
from echo_engine.call import Call
from echo_engine.calls import EndReason
from echo_engine.watchdog import CLOSE_SECONDS, HANDSHAKE_SECONDS, Watchdog
from tests.harness.engine import echo_call

IDLE_SECONDS = 60.0


def with_open_call() -> tuple[Watchdog, Call]:
    watchdog = Watchdog(IDLE_SECONDS, 0.0)
    watchdog.call_opened(CallAllowance(0.0))
    return watchdog, echo_call()


def seconds(start: float, end: float) -> Iterator[float]:
    now = start
    while now <= end:
        yield now
        now += 0.5


def test_a_handshake_has_one_deadline_however_much_comes_in() -> None:
    watchdog = Watchdog(IDLE_SECONDS, 0.0)
    watchdog.heard(HANDSHAKE_SECONDS - 0.1)
    assert not watchdog.overdue(HANDSHAKE_SECONDS - 0.1)
    assert watchdog.overdue(HANDSHAKE_SECONDS)


def test_an_ended_call_gets_its_connection_cut() -> None:
    watchdog, call = with_open_call()
    watchdog.closing(100.0)
    watchdog.closing(101.0)  # every turn of a closing connection says so: the first one counts
    assert not watchdog.overdue(101.0)
    assert watchdog.breach(call, 0, 0, 101.0) is None
    assert not watchdog.ping_due(call, 101.0)
    assert watchdog.overdue(100.0 + CLOSE_SECONDS)


def test_a_quiet_peer_is_pinged_once_and_then_given_up() -> None:
    watchdog, call = with_open_call()
    pinged_at = []
    for now in seconds(0.0, 59.5):
        assert watchdog.breach(call, 0, 0, now) is None
        if watchdog.ping_due(call, now):
            watchdog.pinged(now)
            pinged_at.append(now)
    assert pinged_at == [40.0]
    assert watchdog.breach(call, 0, 0, 60.0) is EndReason.IDLE


def test_a_pong_keeps_a_quiet_peer() -> None:
    watchdog, call = with_open_call()
    pings = 0
    for now in seconds(0.0, 3600.0):
        assert watchdog.breach(call, pings, 0, now) is None
        if watchdog.ping_due(call, now):
            pings += 1
            watchdog.pinged(now)
            watchdog.heard(now + 0.1)
    assert pings > 80


def test_a_peer_that_does_not_read_is_given_up() -> None:
    watchdog, call = with_open_call()
    watchdog.writing_paused(5.0)
    assert watchdog.write_paused
    assert watchdog.breach(call, 0, 0, 14.5) is None
    assert watchdog.breach(call, 0, 0, 15.0) is EndReason.STALLED


def test_a_peer_that_reads_again_is_kept() -> None:
    watchdog, call = with_open_call()
    watchdog.writing_paused(5.0)
    watchdog.writing_resumed()
    assert not watchdog.write_paused
    assert watchdog.breach(call, 0, 0, 15.0) is None


def test_a_call_at_ten_times_the_speed_is_ended_and_a_stalled_ones_burst_is_not() -> None:
    watchdog, call = with_open_call()
    call.receive([b""] * 3072, 0.0)
    for now in seconds(0.5, 100.0):
        call.receive([b""] * 25, now)
        watchdog.heard(now)
        assert watchdog.breach(call, 0, 0, now) is None
    for now in seconds(100.5, 200.0):
        call.receive([b""] * 250, now)
        watchdog.heard(now)
        if watchdog.breach(call, 0, 0, now) is EndReason.RATE_EXCEEDED:
            break
    else:
        raise AssertionError("500 frames a second went on for 100 s")
