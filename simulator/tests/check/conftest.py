"""The good application of the conformance zoo, and a trial of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from simulator.tests.zoo.conformance.application import Application
from voice_simulator.check.pace import Pace
from voice_simulator.check.plain_answer import ask_plainly
from voice_simulator.check.requests import Requests
from voice_simulator.check.trial import Trial
from voice_simulator.vonage import application as platform

StartTrial = Callable[..., Any]


def described(application: Application, **fields: Any) -> platform.Application:
    """Return the description of an application, as its owner gives it to the check."""
    return platform.Application(application.answer_url, **({"signature_secret": application.secret} | fields))


@asynccontextmanager
async def trial_of(application: platform.Application) -> AsyncIterator[Trial]:
    """Give a trial, and end it."""
    requests = Requests(application)
    trial = Trial(application, requests, Pace(), await ask_plainly(application, requests))
    try:
        yield trial
    finally:
        await trial.end()
        await requests.close()


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    async with Application() as application:
        yield application


@pytest.fixture
async def trial(application: Application) -> AsyncIterator[Trial]:
    async with trial_of(described(application)) as trial:
        yield trial
