"""An engine under test, and what tests say to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from echo_engine.admission import Admission
from echo_engine.call import Call
from echo_engine.calls import Calls
from echo_engine.context import Context
from echo_engine.echo import DelayBudget, Echo
from echo_engine.metrics import Metrics
from echo_engine.server import EchoEngine, Signals
from shared.socket_token import CallIdentity

HANDSHAKE = (
    b"GET /socket HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
CONNECTED = '{"event": "websocket:connected", "content-type": "audio/l16;rate=16000", "call_uuid": "c-1"}'
FRAME = bytes(range(160)) * 4  # of 640 bytes, 20 ms at 16 kHz


@dataclass
class Running:
    """An engine that listens."""

    engine: EchoEngine
    port: int
    signals: Signals
    ended: asyncio.Task[None]

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/socket"

    def metric(self, sample: str) -> float:
        """Return a metric's value as a scrape shows it, 0 if it isn't there."""
        for line in self.engine.metrics.exposition().decode().splitlines():
            if line.startswith(f"{sample} "):
                return float(line.split()[-1])
        return 0.0


StartEngine = Callable[..., Awaitable[Running]]


def echo_call(
    started_at: float = 0.0,
    identity: CallIdentity | None = None,
    *,
    delay_frames: int = 0,
    budget: DelayBudget | None = None,
    max_lag: float = 0.2,
) -> Call:
    memory = budget or DelayBudget(2**28)
    return Call(lambda: Echo(memory, delay_frames), started_at, identity, max_lag=max_lag)


def context_of(
    calls: Calls,
    admission: Admission | None = None,
    *,
    clock: Callable[[], float] = lambda: 0.0,
    bytes_unread: Callable[[object], int] = lambda transport: 0,
    call_soon: Callable[[Callable[[], None]], object] = lambda turn: None,
) -> Context:
    """Return what connections share in an engine without a loop."""
    budget = DelayBudget(2**28)
    return Context(
        new_application=lambda: Echo(budget),
        max_lag=0.2,
        idle_seconds=60.0,
        calls=calls,
        admission=admission or Admission(calls, ()),
        metrics=Metrics(calls),
        clock=clock,
        bytes_unread=bytes_unread,
        call_soon=call_soon,
    )
