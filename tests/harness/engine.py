"""An engine under test, and what tests say to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from echo_engine.server import EchoEngine, Signals

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
