"""The engine's life, in the test's own loop: it listens, drains and ends."""

from __future__ import annotations

import asyncio
import socket

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import connect

from echo_engine.echo import application
from echo_engine.server import SWEEP_BATCH, EchoEngine, Signals
from echo_engine.settings import EchoEngineSettings
from shared.version import VERSION
from tests.harness.engine import FRAME, HANDSHAKE, Running, StartEngine
from tests.harness.process import DEADLINE


async def test_the_first_line_tells_the_version_and_the_address(start_engine: StartEngine) -> None:
    with capture_logs() as lines:
        engine = await start_engine()
    (line,) = [line for line in lines if line["event"] == "listening"]
    assert (line["version"], line["host"], line["port"]) == (VERSION, "127.0.0.1", engine.port)


async def test_without_calls_the_drain_ends_at_once(start_engine: StartEngine) -> None:
    engine = await start_engine(DRAIN_SECONDS="3600", MOVES_PER_SECOND="1")
    with capture_logs() as lines:
        engine.signals.receive()
        await asyncio.wait_for(engine.ended, DEADLINE)
    assert [(line["event"], line.get("calls_open")) for line in lines] == [("draining", 0), ("ended", None)]
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", engine.port)


async def test_a_call_that_ends_by_itself_ends_the_drain(start_engine: StartEngine) -> None:
    engine = await start_engine(DRAIN_SECONDS="3600", MOVES_PER_SECOND="1")
    async with connect(engine.url, compression=None, proxy=None) as call:
        engine.signals.receive()
        await call.send(FRAME)
        assert await call.recv() == FRAME
    await asyncio.wait_for(engine.ended, DEADLINE)
    assert engine.metric('echo_engine_calls_ended_total{reason="closed_by_peer"}') == 1


async def test_connections_without_a_call_do_not_hold_up_the_end(start_engine: StartEngine) -> None:
    engine = await start_engine(MOVES_PER_SECOND="1")
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.port)
    writer.write(b"GET /socket HTTP/1.1\r\n")
    await writer.drain()
    engine.signals.receive()
    await asyncio.wait_for(engine.ended, DEADLINE)
    received = await asyncio.wait_for(asyncio.gather(reader.read(), return_exceptions=True), DEADLINE)
    assert received[0] == b"" or isinstance(received[0], ConnectionResetError)
    writer.close()


async def test_an_address_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = EchoEngineSettings.model_validate({"ECHO_ENGINE_PORT": port, "SOCKET_AUTH": "off"})
        with pytest.raises(SystemExit, match=f"Can't listen on 127.0.0.1:{port}"):
            await EchoEngine(settings, application(settings)).listen()


def test_signals_after_the_second_change_nothing() -> None:
    signals = Signals()
    assert not signals.first.is_set()
    signals.receive()
    assert (signals.first.is_set(), signals.second.is_set()) == (True, False)
    signals.receive()
    signals.receive()
    assert (signals.first.is_set(), signals.second.is_set()) == (True, True)


async def test_a_sweep_of_many_connections_leaves_time_for_audio_between_them(start_engine: StartEngine) -> None:
    now = [0.0]
    engine = await start_engine(lambda: now[0])
    streams = [await asyncio.open_connection("127.0.0.1", engine.port) for _ in range(3 * SWEEP_BATCH)]
    now[0] = 3600.0  # each of them is overdue, and the sweep cuts it
    sleeps_by_end = await asyncio.gather(*(sleeps_at_the_end_of(reader, engine) for reader, _ in streams))
    for _, writer in streams:
        writer.close()
    assert len(set(sleeps_by_end)) >= 3


async def sleeps_at_the_end_of(reader: asyncio.StreamReader, engine: Running) -> float:
    """Return how often the engine had slept between two batches when it cut a connection."""
    await asyncio.wait_for(asyncio.gather(reader.read(), return_exceptions=True), DEADLINE)
    return engine.metric("echo_engine_loop_lag_seconds_count")


async def test_the_lateness_of_the_sweep_is_measured(start_engine: StartEngine) -> None:
    now = [0.0]
    engine = await start_engine(lambda: now[0])
    await request(engine)  # by its end the sweep has set its timer
    now[0] = 2.0
    while not engine.metric("echo_engine_loop_lag_seconds_count"):
        await asyncio.sleep(0.01)
    assert engine.metric("echo_engine_loop_lag_seconds_sum") == pytest.approx(1.9)
    assert engine.metric('echo_engine_loop_lag_seconds_bucket{le="1.0"}') == 0
    assert engine.metric('echo_engine_loop_lag_seconds_bucket{le="2.0"}') == 1


async def test_a_handshake_is_timed_from_the_connection_to_the_call(start_engine: StartEngine) -> None:
    now = [0.0]
    engine = await start_engine(lambda: now[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.port)
    writer.write(HANDSHAKE[:10])
    assert (await request(engine)).startswith("HTTP/1.1 200 ")  # answered after the first bytes were taken in
    now[0] = 0.75
    writer.write(HANDSHAKE[10:])
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    assert engine.metric("echo_engine_handshake_seconds_sum") == 0.75
    writer.close()


async def request(engine: Running) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), DEADLINE)
    writer.close()
    return answer.decode()
