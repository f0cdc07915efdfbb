"""Real peers for the simulator: a webhook server, and echo servers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.tests.harness.echo_peer import StartPeer, echo_peers
from simulator.tests.harness.webhook_server import WebhookServer, webhook_server


@pytest.fixture
def webhooks() -> Iterator[WebhookServer]:
    with webhook_server() as server:
        yield server


@pytest.fixture
def start_peer() -> Iterator[StartPeer]:
    with echo_peers() as start:
        yield start
