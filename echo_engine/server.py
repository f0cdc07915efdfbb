"""The engine's life: it listens, sweeps, and on a signal drains and ends."""

from __future__ import annotations

import asyncio
import contextlib
import math
import signal
import socket
import time
from collections.abc import Callable

from echo_engine.admission import Admission
from echo_engine.application import Application
from echo_engine.calls import Calls, EndReason
from echo_engine.connection import Connection, bytes_unread
from echo_engine.context import Context
from echo_engine.metrics import Metrics
from echo_engine.settings import EchoEngineSettings
from echo_engine.watchdog import CLOSE_SECONDS
from shared.logs import get_logger
from shared.socket_secret import load_secrets
from shared.version import VERSION

SWEEP_SECONDS = 0.5  # of a whole sweep, in batches that are spread over it
MIN_BATCHES = 5  # of a sweep: each sees how late the loop is
SWEEP_BATCH = 20  # connections: a call takes some 30 µs, and meanwhile all audio waits
BUFFER_BYTES = 32 * 1024  # a second of audio; the kernel takes twice as much, for its own needs
BACKLOG = 4096  # handshakes that the kernel holds while the loop is busy; it lowers this to its own limit

log = get_logger("echo_engine")


class Signals:
    """Signals to end: the first one begins the drain, the second one cuts it short."""

    def __init__(self) -> None:
        self.first = asyncio.Event()
        self.second = asyncio.Event()

    def receive(self) -> None:
        """Take a signal in."""
        (self.second if self.first.is_set() else self.first).set()


class EchoEngine:
    """All connections of one process, from the first to the last."""

    def __init__(
        self,
        settings: EchoEngineSettings,
        new_application: Callable[[], Application],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._connections: set[Connection] = set()
        self._calls = Calls(settings.max_calls, clock(), settings.max_lateness_ms / 1000 or math.inf)
        self.metrics = Metrics(self._calls)
        self._context = Context(
            new_application=new_application,
            max_lag=settings.max_echo_lag_ms / 1000,
            idle_seconds=settings.idle_seconds,
            calls=self._calls,
            admission=Admission(self._calls, load_secrets(settings), settings.handshake_policy),
            metrics=self.metrics,
            clock=clock,
            bytes_unread=bytes_unread,
            call_soon=asyncio.get_running_loop().call_soon,
        )
        self._swept = asyncio.Event()  # pulsed after every sweep

    async def listen(self) -> asyncio.Server:
        """Take connections from now on.

        Raises SystemExit with a message if the address can't be listened on.
        """
        host, port = self._settings.host, self._settings.port
        try:
            server = await asyncio.get_running_loop().create_server(
                lambda: Connection(self._context, self._connections), host, port, backlog=BACKLOG, start_serving=False
            )
            _shrink_buffers(server)
            await server.start_serving()
        except OSError as error:
            raise SystemExit(f"Can't listen on {host}:{port}: {error}.") from None
        log.info("listening", version=VERSION, host=host, port=server.sockets[0].getsockname()[1])
        if self._settings.socket_auth == "off":
            log.warning("SOCKET_AUTH is off: anyone can open the socket")
        return server

    async def run(self, server: asyncio.Server, signals: Signals) -> None:
        """Serve until the first signal, then drain; return when the last call has ended."""
        sweeper = asyncio.create_task(self._sweep_forever())
        await signals.first.wait()
        self._calls.drain()
        log.info(
            "draining",
            calls_open=len(self._calls),
            drain_seconds=self._settings.drain_seconds,
            moves_per_second=self._settings.moves_per_second,
        )
        await self._wait_for_calls_to_end(self._settings.drain_seconds, signals)
        await self._move_calls(signals)
        await self._wait_for_calls_to_end(CLOSE_SECONDS, signals)
        for connection in list(self._connections):
            connection.abort()
        log.info("ended")
        sweeper.cancel()
        server.close()

    async def _wait_for_calls_to_end(self, seconds: float, signals: Signals) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while len(self._calls) and not signals.second.is_set():
                    await self._swept.wait()

    async def _move_calls(self, signals: Signals) -> None:
        """Close the calls that are left at a steady rate, or at once on the second signal; each moves to an engine."""
        for connection in list(self._connections):
            if connection.carries_call and connection in self._connections:
                connection.close(EndReason.DRAINED)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(signals.second.wait(), 1 / self._settings.moves_per_second)

    async def _sweep_forever(self) -> None:
        while True:
            connections = list(self._connections)
            starts = range(0, max(len(connections), MIN_BATCHES * SWEEP_BATCH), SWEEP_BATCH)
            for start in starts:
                await self._sleep(SWEEP_SECONDS / len(starts))
                for connection in connections[start : start + SWEEP_BATCH]:
                    if connection in self._connections:
                        connection.sweep(self._context.clock())
            self._swept.set()
            self._swept.clear()

    async def _sleep(self, seconds: float) -> None:
        """Sleep, and note by how much too long: as long as that, the loop was late for the audio, too."""
        due = self._context.clock() + seconds
        await asyncio.sleep(seconds)
        now = self._context.clock()
        late = max(now - due, 0.0)
        self._calls.lateness.note(late, now)
        self.metrics.quality.loop_lag.observe(late)


def _shrink_buffers(server: asyncio.Server) -> None:
    """Have all connections use small buffers of the kernel, which they inherit from the listeners.

    By itself the kernel takes in up to 33 MB of one peer before anybody looks at it, and hides minutes of audio on the
    way to a peer that does not read.
    """
    for listener in server.sockets:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)


async def serve(settings: EchoEngineSettings, new_application: Callable[[], Application]) -> None:
    """Run an engine until SIGTERM or SIGINT."""
    signals = Signals()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, signals.receive)
    engine = EchoEngine(settings, new_application)
    await engine.run(await engine.listen(), signals)
