"""What the engine does for whatever application it runs: each test runs with the echo and with the parrot."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from echo_engine import echo, parrot
from echo_engine.application import Application
from echo_engine.settings import EchoEngineSettings
from local_run.environment import unused_ports
from simulator.tests.harness.placing import connect as connect_action
from simulator.tests.harness.webhook_server import webhook_server
from tests.harness.engine import CONNECTED, FRAME, Running, StartEngine
from tests.harness.local_run import simulate
from tests.harness.process import DEADLINE, started

New = Callable[[EchoEngineSettings], Callable[[], Application]]
SCENARIO = Path(__file__).with_name("parrot.yaml")
# `__main__` with one line changed: the import of the application.
PARROT = (
    "from echo_engine import __main__ as engine; from echo_engine.parrot import application;"
    "engine.application = application; engine.main()"
)


@pytest.fixture(params=[echo.application, parrot.application], ids=["echo", "parrot"])
def application(request: pytest.FixtureRequest) -> New:
    chosen: New = request.param
    return chosen


@contextlib.asynccontextmanager
async def platform_call(engine: Running) -> AsyncIterator[ClientConnection]:
    async with connect(engine.url, compression=None, proxy=None, ping_interval=None) as call:
        await call.send(CONNECTED)
        await call.send(FRAME)
        await answers(call)
        yield call


async def answers(call: ClientConnection) -> None:
    """Wait for the answer to a ping: the engine has taken all that was sent before it."""
    await asyncio.wait_for(await call.ping(), DEADLINE)


async def status(engine: Running, path: str) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
    answer = await asyncio.wait_for(reader.read(), DEADLINE)
    writer.close()
    return int(answer.split()[1])


async def until(engine: Running, sample: str, value: float) -> None:
    try:
        async with asyncio.timeout(DEADLINE):
            while engine.metric(sample) != value:
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"{sample} is {engine.metric(sample)} after {DEADLINE} s, not {value}") from None


async def test_a_drain_refuses_new_calls_and_closes_the_open_ones(start_engine: StartEngine, application: New) -> None:
    engine = await start_engine(new=application, DRAIN_SECONDS="1", MOVES_PER_SECOND="1000")
    async with platform_call(engine) as finishing, platform_call(engine) as staying:
        engine.signals.receive()
        await until(engine, "echo_engine_draining", 1)
        assert await status(engine, "/readyz") == 503
        assert await status(engine, "/healthz") == 200
        with pytest.raises(InvalidStatus, match="503"):
            await connect(engine.url, proxy=None).__aenter__()
        await finishing.close()
        await answers(staying)
        await asyncio.wait_for(staying.wait_closed(), DEADLINE)
        assert staying.close_code == 1012
    await asyncio.wait_for(engine.ended, DEADLINE)
    assert engine.metric('echo_engine_calls_ended_total{reason="drained"}') == 1


async def test_a_full_engine_refuses_a_call_and_takes_one_when_another_has_ended(
    start_engine: StartEngine, application: New
) -> None:
    engine = await start_engine(new=application, MAX_CALLS="1")
    async with platform_call(engine):
        with pytest.raises(InvalidStatus, match="503") as refused:
            await connect(engine.url, proxy=None).__aenter__()
    assert refused.value.response.headers["Retry-After"] == "1", "the front tries another engine"
    await until(engine, "echo_engine_calls_open", 0)
    async with platform_call(engine):
        pass


async def test_what_comes_is_counted(start_engine: StartEngine, application: New) -> None:
    engine = await start_engine(new=application)
    async with platform_call(engine) as call:
        for _ in range(4):
            await call.send(FRAME)
        await call.send(b"short")
        await answers(call)
        assert engine.metric("echo_engine_frames_received_total") == 6
        assert engine.metric('echo_engine_frames_dropped_total{reason="size"}') == 1


async def test_the_parrot_takes_no_frame_on_the_echos_fast_path(start_engine: StartEngine) -> None:
    engine = await start_engine(new=parrot.application)
    async with platform_call(engine) as call:
        for _ in range(50):
            await call.send(FRAME)
        await answers(call)
        assert engine.metric("echo_engine_frames_echoed_total") == 0
        for _ in range(parrot.PAUSE_FRAMES):
            await call.send(bytes(len(FRAME)))
        assert await asyncio.wait_for(call.recv(), DEADLINE) == FRAME


def test_the_simulator_finds_that_the_parrot_keeps_its_scenario() -> None:
    (port,) = unused_ports(1)
    with started([sys.executable, "-c", PARROT], ECHO_ENGINE_PORT=port, SOCKET_AUTH="off") as engine:
        engine.wait_for("listening")
        with webhook_server() as webhooks:
            webhooks.answer_with([connect_action(f"ws://127.0.0.1:{port}/socket")])
            done = simulate(port, "--scenario", str(SCENARIO), "--answer-url", f"{webhooks.address}/webhooks/answer")
    assert (done.returncode, json.loads(done.stdout)["errors"]) == (0, []), done.stdout
