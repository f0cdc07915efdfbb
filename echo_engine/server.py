"""The engine's life: it listens, sweeps, and on a signal drains and ends."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable

from websockets.frames import CloseCode

from echo_engine.call import EchoPolicy
from echo_engine.config import EchoEngineSettings
from echo_engine.connection import Connection, Shared
from echo_engine.metrics import Metrics
from echo_engine.record import EndReason
from echo_engine.watch import CLOSE_SECONDS, Limits
from shared.audio import FRAME_MS
from shared.logs import get_logger

SWEEP_SECONDS = 0.5
BACKLOG = 4096  # handshakes that the kernel holds while the loop is busy; it lowers this to its own limit

log = get_logger("echo_engine")


class EchoEngine:
    """All calls of one process."""

    def __init__(self, settings: EchoEngineSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self.metrics = Metrics()
        self._shared = Shared(
            EchoPolicy(settings.max_echo_lag_ms / 1000, settings.echo_delay_ms // FRAME_MS),
            Limits(settings.max_calls, settings.max_message_bytes, settings.idle_seconds, settings.stalled_seconds),
            self.metrics,
            clock,
        )
        self._swept = asyncio.Event()  # pulsed after every sweep

    async def listen(self) -> asyncio.Server:
        """Take connections from now on.

        Raises SystemExit with a message if the address can't be listened on.
        """
        host, port = self._settings.host, self._settings.port
        try:
            server = await asyncio.get_running_loop().create_server(
                lambda: Connection(self._shared), host, port, backlog=BACKLOG
            )
        except OSError as error:
            raise SystemExit(f"Can't listen on {host}:{port}: {error}.") from None
        log.info("listening", host=host, port=server.sockets[0].getsockname()[1])
        return server

    async def run(self, server: asyncio.Server, stop: asyncio.Event) -> None:
        """Serve until the event is set, then drain; return when the last call has ended."""
        sweeper = asyncio.create_task(self._sweep_forever())
        await stop.wait()
        await self._drain()
        sweeper.cancel()
        server.close()

    async def _drain(self) -> None:
        self.metrics.draining = True
        log.info("draining", calls_open=len(self.metrics.calls_open), drain_seconds=self._settings.drain_seconds)
        await self._wait_for_calls_to_end(self._settings.drain_seconds)
        for connection in list(self._shared.connections):
            connection.close(CloseCode.SERVICE_RESTART, EndReason.DRAINED)
        await self._wait_for_calls_to_end(CLOSE_SECONDS)
        for connection in list(self._shared.connections):
            connection.abort()
        log.info("ended")

    async def _wait_for_calls_to_end(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.metrics.calls_open:
                    await self._swept.wait()

    async def _sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now = self._clock()
            for connection in list(self._shared.connections):
                connection.sweep(now)
            self._swept.set()
            self._swept.clear()


async def serve(settings: EchoEngineSettings) -> None:
    """Run an engine until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    engine = EchoEngine(settings)
    await engine.run(await engine.listen(), stop)
