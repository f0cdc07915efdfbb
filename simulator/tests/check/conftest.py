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
from voice_simulator.check.target import Target
from voice_simulator.check.trial import Trial
from voice_simulator.vonage.trust import trusted_authorities

StartTrial = Callable[..., Any]


def target_of(application: Application, **changes: Any) -> Target:
    """Return an application as its owner tells it to the kit."""
    options: dict[str, Any] = {
        "answer_url": application.answer_url,
        "event_url": f"{application.address}/webhooks/events",
        "fallback_url": f"{application.address}/webhooks/fallback",
        "tls": trusted_authorities(),
        "secret": application.secret,
    }
    return Target(**(options | changes))


@asynccontextmanager
async def trial_of(target: Target) -> AsyncIterator[Trial]:
    """Give a trial, and end it."""
    requests = Requests(target)
    trial = Trial(target, requests, Pace(), await ask_plainly(target, requests))
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
    async with trial_of(target_of(application)) as trial:
        yield trial
