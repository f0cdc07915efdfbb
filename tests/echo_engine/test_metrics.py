import pytest

from echo_engine.call import Call
from echo_engine.call_figures import figures_of
from echo_engine.calls import Calls
from echo_engine.metrics import Metrics
from shared.version import VERSION
from tests.harness.engine import echo_call


def call_with(received: int, dropped: int) -> Call:
    call = echo_call()
    call.receive([b"x"] * (received - dropped), 0.0)
    call.receive([b"x"] * dropped, 0.0, "backlog")
    return call


def end(call: Call, calls: Calls, metrics: Metrics) -> None:
    calls.end(call)
    metrics.count_ended_call(call, figures_of(call), "lost", 1.0)


def test_a_calls_frames_are_counted_once_before_and_after_its_end() -> None:
    calls = Calls(2000)
    metrics = Metrics(calls)
    first, second = call_with(10, 2), call_with(5, 1)
    calls.begin(first, 0.0)
    calls.begin(second, 0.0)
    end(first, calls, metrics)
    lines = metrics.exposition().decode().splitlines()
    assert "echo_engine_calls_open 1.0" in lines
    assert "echo_engine_calls_total 2.0" in lines
    assert 'echo_engine_calls_ended_total{reason="lost"} 1.0' in lines
    assert "echo_engine_frames_received_total 15.0" in lines
    assert "echo_engine_frames_echoed_total 12.0" in lines
    assert 'echo_engine_frames_dropped_total{reason="backlog"} 3.0' in lines


def test_lag_resets_are_counted() -> None:
    calls = Calls(2000)
    metrics = Metrics(calls)
    call = echo_call(max_lag=0.05)
    calls.begin(call, 0.0)
    call.receive(['{"content-type": "audio/l16;rate=8000"}', *[bytes(320)] * 3], 0.0)
    for _ in range(2):
        lines = metrics.exposition().decode().splitlines()
        assert "echo_engine_lag_resets_total 1.0" in lines
        assert 'echo_engine_frames_dropped_total{reason="stale"} 2.0' in lines
        if len(calls):
            end(call, calls, metrics)


def platform_call(frames: int) -> Call:
    call = echo_call()
    call.receive(['{"content-type": "audio/l16;rate=8000"}'], 0.0)
    for number in range(frames):
        call.receive([bytes(320)], number * 0.1)
    return call


def test_the_gaps_of_open_and_ended_calls_are_counted() -> None:
    calls = Calls(2000)
    metrics = Metrics(calls)
    first, second = platform_call(11), platform_call(6)
    for call in (first, second):
        calls.begin(call, 0.0)
        call.quality.digest()
    end(first, calls, metrics)
    lines = metrics.exposition().decode().splitlines()
    assert "echo_engine_gaps_total 15.0" in lines
    (seconds,) = [line.split()[1] for line in lines if line.startswith("echo_engine_gap_seconds_total ")]
    assert float(seconds) == pytest.approx(1.5)


def test_an_ended_call_is_observed_by_the_histograms_of_what_is_known_of_it() -> None:
    calls = Calls(2000)
    metrics = Metrics(calls)
    for call in (platform_call(300), platform_call(6), call_with(10, 2)):
        calls.begin(call, 0.0)
        end(call, calls, metrics)
    lines = metrics.exposition().decode().splitlines()
    for name, count in {
        "call_seconds": 3,
        "longest_gap_seconds": 3,
        "jitter_seconds": 2,
        "delay_variation_p95_seconds": 2,
        "mos_estimate": 1,  # the one with five seconds of audio
        "play_out_lag_seconds": 0,
        "round_trip_seconds": 0,
    }.items():
        assert f"echo_engine_{name}_count {count}.0" in lines
    assert 'echo_engine_jitter_seconds_bucket{le="0.005"} 0.0' in lines
    assert 'echo_engine_jitter_seconds_bucket{le="0.1"} 2.0' in lines


def test_every_metric_is_named_after_the_engine_and_labelled_by_nothing_that_a_caller_says() -> None:
    families = list(Metrics(Calls(1)).collect())
    assert {family.name.startswith("echo_engine_") for family in families} == {True}
    labels = {label for family in families for sample in family.samples for label in sample.labels}
    assert labels <= {"version", "le", "reason", "status"}


def test_a_page_shows_the_room_the_drain_the_version_and_the_process() -> None:
    calls = Calls(3)
    metrics = Metrics(calls)
    calls.begin(call_with(1, 0), 0.0)
    before = metrics.exposition().decode().splitlines()
    calls.drain()
    after = metrics.exposition().decode().splitlines()
    for sample, value, while_draining in (("calls_max", 3, 3), ("calls_left", 2, 0), ("draining", 0, 1)):
        assert f"echo_engine_{sample} {value}.0" in before
        assert f"echo_engine_{sample} {while_draining}.0" in after
    assert f'echo_engine_build_info{{version="{VERSION}"}} 1.0' in before
    assert any(line.startswith("process_resident_memory_bytes ") for line in before)
