"""A real engine for a test to talk to: in the test's own uvloop loop, on a port of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest_asyncio
import uvloop

from echo_engine.application import Application
from echo_engine.echo import application
from echo_engine.server import EchoEngine, Signals
from echo_engine.settings import EchoEngineSettings
from tests.harness.engine import Running, StartEngine
from tests.harness.process import PATIENT


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}


@pytest_asyncio.fixture
async def start_engine() -> AsyncIterator[StartEngine]:
    """Start engines with the settings given by their variables' names; they are stopped with the test."""
    async with AsyncExitStack() as stack:

        async def start(
            clock: Callable[[], float] = time.monotonic,
            new: Callable[[EchoEngineSettings], Callable[[], Application]] = application,
            **variables: str,
        ) -> Running:
            defaults = {"ECHO_ENGINE_PORT": "0", "DRAIN_SECONDS": "0", "SOCKET_AUTH": "off", **PATIENT}
            settings = EchoEngineSettings.model_validate(defaults | variables)
            engine = EchoEngine(settings, new(settings), clock)
            server = await engine.listen()
            signals = Signals()
            ended = asyncio.create_task(engine.run(server, signals))
            running = Running(engine, server.sockets[0].getsockname()[1], signals, ended)
            stack.push_async_callback(_stop, running)
            return running

        yield start


async def _stop(running: Running) -> None:
    running.signals.receive()
    running.signals.receive()
    await running.ended
