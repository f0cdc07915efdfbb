"""Marks on their way between an engine, over TCP, and the simulator's play-out queue, both in simulated time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection, connect

from shared.audio import FRAME_SECONDS
from tests.harness.engine import CONNECTED, Running, StartEngine
from tests.harness.simulated_platform import SimulatedPlatform

FRAMES_PER_SWEEP = 2000  # at most: the engine sweeps in real time, and 10,000 frames without a sweep are a flood


class Clock:
    """The time of both sides."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Line:
    """A call of the platform's to an engine: 20 ms pass whenever the echo of a frame has come back."""

    def __init__(self, engine: Running, clock: Clock, socket: ClientConnection, platform: SimulatedPlatform) -> None:
        self._engine = engine
        self._clock = clock
        self._socket = socket
        self._platform = platform
        self._frames = 0

    @property
    def now(self) -> float:
        return self._clock.now

    async def go_on(self) -> None:
        """Let 20 ms pass: the platform sends a frame, and everything comes back up to its echo."""
        self._clock.now += FRAME_SECONDS
        for answer in self._platform.answers(self.now):
            await self._socket.send(answer)
        frame = self._platform.next_frame(self.now)
        await self._socket.send(frame)
        message: bytes | str = b""
        while message != frame:
            message = await self._socket.recv()
            self._platform.receive(message, self.now)
        self._frames += 1
        if self._frames % FRAMES_PER_SWEEP == 0:
            await sweep_of(self._engine)


async def sweep_of(engine: Running) -> None:
    sweeps = engine.metric("echo_engine_loop_lag_seconds_count")
    while engine.metric("echo_engine_loop_lag_seconds_count") == sweeps:
        await asyncio.sleep(0.01)


@asynccontextmanager
async def line(engine: Running, clock: Clock, platform: SimulatedPlatform) -> AsyncIterator[Line]:
    """Open a call; it is closed at the end, and its figures are logged by then."""
    async with asyncio.timeout(60):
        async with connect(engine.url, compression=None, proxy=None) as socket:
            await socket.send(CONNECTED)
            yield Line(engine, clock, socket, platform)
        while engine.metric("echo_engine_calls_open"):
            await asyncio.sleep(0.01)


async def test_a_stall_of_2_s_on_the_way_back_is_found_healed_and_told(start_engine: StartEngine) -> None:
    clock, platform = Clock(), SimulatedPlatform()
    engine = await start_engine(clock)
    with capture_logs() as lines:
        async with line(engine, clock, platform) as call:
            while platform.marks_asked < 2:
                await call.go_on()
            assert platform.lag() < 0.05
            platform.stall()
            for _ in range(100):
                await call.go_on()
            platform.resume(call.now)
            await call.go_on()
            assert platform.play_out.frames.longest_queue > 95
            while platform.clears == 0:
                await call.go_on()
            for _ in range(10):
                await call.go_on()
            assert platform.lag() < 0.05
            assert engine.metric("echo_engine_lag_corrections_total") == engine.metric("echo_engine_lag_resets_total")
    (end,) = [line for line in lines if line["event"] == "call ended"]
    assert end["platform_queue_ms_max"] == pytest.approx(2000, abs=60)
    assert end["lag_resets"] == platform.clears == 1
    assert end["frames_cut"] == pytest.approx(platform.play_out.frames.cleared, abs=3)
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
        async with line(engine, clock, platform) as call:
            while platform.marks_asked < 2:
                await call.go_on()
            assert platform.lag() < 0.05
    (end,) = [line for line in lines if line["event"] == "call ended"]
    assert (end["platform_queue_ms_max"], end["lag_resets"], end["frames_dropped"]) == (None, 0, 0)
    assert end["frames_echoed"] == end["frames_received"] >= 90 / FRAME_SECONDS
    assert end["mos_estimate"] > 4
    assert engine.metric("echo_engine_notifies_sent_total") == 2
    assert engine.metric("echo_engine_notifies_answered_total") == 0
