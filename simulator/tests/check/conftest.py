"""The good application of the conformance zoo, and a trial of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.frames import Opcode

from simulator.tests.harness.in_simulated_time import pytest_asyncio_loop_factories as pytest_asyncio_loop_factories
from simulator.tests.zoo.conformance.application import Application
from voice_simulator.check.first_answer import request_first_answer
from voice_simulator.check.raw_socket import Arrival, RawSocket
from voice_simulator.check.requests import Requests
from voice_simulator.check.trial import Shared, Trial
from voice_simulator.vonage import application as platform

StartTrial = Callable[..., Any]


def described(application: Application, **fields: Any) -> platform.Application:
    """Return the description of an application, as its owner gives it to the check."""
    return platform.Application(application.answer_url, **({"signature_secret": application.secret} | fields))


@asynccontextmanager
async def trial_of(application: platform.Application) -> AsyncIterator[Trial]:
    requests = Requests(application)
    trial = Trial(application, Shared(requests, await request_first_answer(application, requests)))
    try:
        yield trial
    finally:
        await trial.end()
        await requests.close()


async def came(socket: RawSocket, opcode: Opcode, count: int = 1) -> Arrival:
    """Return the last of this many messages, once they are here."""
    async with asyncio.timeout(10):
        while len(found := [arrival for arrival in socket.arrivals if arrival.opcode is opcode]) < count:
            await asyncio.sleep(0.001)
    return found[count - 1]


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    async with Application() as application:
        yield application


@pytest.fixture
async def trial(application: Application) -> AsyncIterator[Trial]:
    async with trial_of(described(application)) as trial:
        yield trial
