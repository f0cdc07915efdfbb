from echo_engine.call import Call, EchoPolicy
from echo_engine.metrics import Metrics


def call_with(received: int, dropped: int) -> Call:
    call = Call(EchoPolicy(), 0.0)
    call.receive([b"x"] * (received - dropped), 0.0)
    call.receive([b"x"] * dropped, 0.0, "backlog")
    return call


def test_a_calls_frames_are_counted_once_before_and_after_its_end() -> None:
    metrics = Metrics()
    first, second = call_with(10, 2), call_with(5, 1)
    metrics.call_started(first)
    metrics.call_started(second)
    metrics.call_ended(first, "lost")
    lines = metrics.exposition().decode().splitlines()
    assert "echo_engine_calls_open 1.0" in lines
    assert "echo_engine_calls_total 2.0" in lines
    assert 'echo_engine_calls_ended_total{reason="lost"} 1.0' in lines
    assert "echo_engine_frames_received_total 15.0" in lines
    assert "echo_engine_frames_echoed_total 12.0" in lines
    assert 'echo_engine_frames_dropped_total{reason="backlog"} 3.0' in lines


def test_lag_resets_are_counted() -> None:
    metrics = Metrics()
    call = Call(EchoPolicy(max_lag=0.05), 0.0)
    metrics.call_started(call)
    call.receive(['{"content-type": "audio/l16;rate=8000"}', *[bytes(320)] * 3], 0.0)
    for _ in range(2):
        lines = metrics.exposition().decode().splitlines()
        assert "echo_engine_lag_resets_total 1.0" in lines
        assert 'echo_engine_frames_dropped_total{reason="stale"} 2.0' in lines
        if metrics.calls_open:
            metrics.call_ended(call, "lost")


def test_the_process_is_measured_too() -> None:
    assert b"process_resident_memory_bytes" in Metrics().exposition()
