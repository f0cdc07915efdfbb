"""Real peers for the simulator: a webhook server, and echo servers; each in a thread of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.tests.harness.echo_peer import StartPeer, echo_peers
from simulator.tests.harness.own_loop import in_thread
from simulator.tests.harness.webhook_server import WebhookServer, webhook_server


@pytest.fixture
def webhooks() -> Iterator[WebhookServer]:
    with webhook_server() as server:
        yield server


@pytest.fixture
def start_peer() -> Iterator[StartPeer]:
    with in_thread(echo_peers()) as start:
        yield start
