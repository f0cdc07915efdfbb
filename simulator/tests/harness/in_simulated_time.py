"""For the conftest.py of a folder: its tests run in simulated time, their peers in the same event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest_asyncio

from simulator.tests.harness.echo_peer import StartPeer, echo_peers
from simulator.tests.harness.simulated_time import SimulatedLoop
from simulator.tests.harness.webhook_server import WebhookServer


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"simulated": SimulatedLoop}


@pytest_asyncio.fixture
async def webhooks() -> AsyncIterator[WebhookServer]:
    async with WebhookServer().running() as server:
        yield server


@pytest_asyncio.fixture
async def start_peer() -> AsyncIterator[StartPeer]:
    async with echo_peers() as start:
        yield start
