"""Echo servers for the simulator, good and bad: each frame goes to a reaction."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


class Line:
    """A socket as a reaction sees it; what the reaction does happens in its order."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._acts: set[asyncio.Task[None]] = set()

    def send(self, message: str | bytes | Iterable[bytes]) -> None:
        """Send a message; of several parts, in fragments."""
        self._begin(self._connection.send(message))

    def close(self, code: int = 1000, reason: str = "") -> None:
        self._begin(self._connection.close(code, reason))

    def vanish(self) -> None:
        self._connection.transport.abort()

    def _begin(self, act: Coroutine[Any, Any, None]) -> None:
        async def until_closed() -> None:
            with suppress(ConnectionClosed):
                await act

        task = asyncio.get_running_loop().create_task(until_closed())
        self._acts.add(task)
        task.add_done_callback(self._acts.discard)


React = Callable[[Line, bytes, int], None]  # to the n-th binary message of a socket


class EchoPeer:
    """A WebSocket server that reacts to audio and notes everything else."""

    def __init__(self, react: React) -> None:
        self.react = react
        self.authorization: list[str | None] = []
        self.handshake_names: list[str] = []
        self.texts: list[dict[str, Any]] = []
        self.close_codes: list[int | None] = []
        self.ended = threading.Event()  # everything that the first call sent has been read
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.uri = f"ws://127.0.0.1:{self.listener.getsockname()[1]}/socket"

    async def talk(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.authorization.append(connection.request.headers.get("Authorization"))
        self.handshake_names = [name.lower() for name in connection.request.headers]
        line, numbers = Line(connection), itertools.count()
        with suppress(ConnectionClosed):
            async for message in connection:
                if isinstance(message, bytes):
                    self.react(line, message, next(numbers))
                else:
                    self.texts.append(json.loads(message))
        self.close_codes.append(connection.close_code)
        self.ended.set()


def echo(connection: Line, frame: bytes, number: int) -> None:
    connection.send(frame)


def close(connection: Line, frame: bytes, number: int) -> None:
    connection.send(frame)
    if number == 3:
        connection.close(1012, "bye")


def vanish(connection: Line, frame: bytes, number: int) -> None:
    if number == 3:
        connection.vanish()
    else:
        connection.send(frame)


StartPeer = Callable[..., EchoPeer]


@asynccontextmanager
async def echo_peers() -> AsyncIterator[StartPeer]:
    """Give a function that starts an echo peer in the running event loop, a good one if no reaction is named."""
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:

        async def take_connections(peer: EchoPeer) -> None:
            await stack.enter_async_context(serve(peer.talk, sock=peer.listener, compression=None, ping_interval=None))

        def start(react: React = echo) -> EchoPeer:
            peer = EchoPeer(react)
            asyncio.run_coroutine_threadsafe(take_connections(peer), loop)  # the caller may be in another thread
            return peer

        yield start
