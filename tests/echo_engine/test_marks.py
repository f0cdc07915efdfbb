"""Marks on their way between an engine, over TCP, and the simulator's play-out queue, both in simulated time."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection, connect

from shared.audio import FRAME_SECONDS
from tests.harness.engine import CONNECTED, Running, StartEngine
from tests.harness.simulated_platform import SimulatedPlatform


class Clock:
    """The time of both sides."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def go_on(socket: ClientConnection, platform: SimulatedPlatform, clock: Clock) -> None:
    """Let 20 ms pass: the platform sends a frame, and everything comes back up to its echo."""
    clock.now += FRAME_SECONDS
    for answer in platform.answers(clock.now):
        await socket.send(answer)
    frame = platform.next_frame(clock.now)
    await socket.send(frame)
    message: bytes | str = b""
    while message != frame:
        message = await socket.recv()
        platform.receive(message, clock.now)


async def until_calls_ended(engine: Running) -> None:
    while engine.metric("echo_engine_calls_open"):
        await asyncio.sleep(0.01)


async def test_a_stall_of_2_s_on_the_way_back_is_found_healed_and_told(start_engine: StartEngine) -> None:
    clock, platform = Clock(), SimulatedPlatform()
    engine = await start_engine(clock)
    with capture_logs() as lines:
        async with asyncio.timeout(30), connect(engine.url, compression=None, proxy=None) as socket:
            await socket.send(CONNECTED)
            while platform.marks_asked < 2:
                await go_on(socket, platform, clock)
            assert platform.lag() < 0.05
            platform.stall()
            for _ in range(100):
                await go_on(socket, platform, clock)
            platform.resume(clock.now)
            await go_on(socket, platform, clock)
            assert platform.play_out.longest_queue > 95
            while platform.clears == 0:
                await go_on(socket, platform, clock)
            for _ in range(10):
                await go_on(socket, platform, clock)
            assert platform.lag() < 0.05
            assert engine.metric("echo_engine_lag_corrections_total") == engine.metric("echo_engine_lag_resets_total")
        await until_calls_ended(engine)
    (end,) = [line for line in lines if line["event"] == "call ended"]
    assert end["platform_queue_ms_max"] == pytest.approx(2000, abs=60)
    assert end["lag_resets"] == platform.clears == 1
    assert end["frames_cut"] == pytest.approx(platform.play_out.frames_cleared, abs=3)
    assert end["round_trip_ms"] is not None
    assert end["frames_dropped"] == 0
    assert engine.metric('echo_engine_play_out_lag_seconds_bucket{le="1.0"}') == (
        engine.metric("echo_engine_play_out_lag_seconds_count") - 1
    )
    assert engine.metric("echo_engine_round_trip_seconds_count") >= 4
    assert engine.metric("echo_engine_notifies_answered_total") >= 4


async def test_a_platform_that_ignores_notify_loses_nothing_by_it(start_engine: StartEngine) -> None:
    clock, platform = Clock(), SimulatedPlatform(answers_notify=False)
    engine = await start_engine(clock)
    with capture_logs() as lines:
        async with asyncio.timeout(30), connect(engine.url, compression=None, proxy=None) as socket:
            await socket.send(CONNECTED)
            while platform.marks_asked < 2:
                await go_on(socket, platform, clock)
            assert platform.lag() < 0.05
        await until_calls_ended(engine)
    (end,) = [line for line in lines if line["event"] == "call ended"]
    assert (end["platform_queue_ms_max"], end["lag_resets"], end["frames_dropped"]) == (None, 0, 0)
    assert end["frames_echoed"] == end["frames_received"] >= 90 / FRAME_SECONDS
    assert end["mos_estimate"] > 4
    assert engine.metric("echo_engine_notifies_sent_total") == 2
    assert engine.metric("echo_engine_notifies_answered_total") == 0


async def test_notify_seconds_0_never_asks(start_engine: StartEngine) -> None:
    clock, platform = Clock(), SimulatedPlatform()
    engine = await start_engine(clock, NOTIFY_SECONDS="0")
    async with asyncio.timeout(30), connect(engine.url, compression=None, proxy=None) as socket:
        await socket.send(CONNECTED)
        while engine.metric("echo_engine_loop_lag_seconds_count") < 3:
            await go_on(socket, platform, clock)
    assert platform.marks_asked == 0
