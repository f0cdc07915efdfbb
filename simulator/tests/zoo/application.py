"""An application of the zoo: a webhook server, and a socket server in a thread of its own."""

from __future__ import annotations

import asyncio
import functools
import queue
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from simulator.tests.harness.placing import connect
from simulator.tests.harness.webhook_server import WebhookServer, webhook_server

React = Callable[[ServerConnection], Awaitable[None]]
ReactRaw = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Arrange = Callable[[WebhookServer, str], None]  # the answers of the webhooks, and the socket's URI


@contextmanager
def socket_server(
    react: React | None = None, raw: ReactRaw | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[str]:
    """Run a socket server in a thread, and give its URI."""
    started: queue.Queue[tuple[str, Callable[[], object]]] = queue.Queue()

    async def run() -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        server: Any
        if raw:
            server = await asyncio.start_server(raw, "127.0.0.1", 0)
        else:
            assert react is not None
            server = await serve(react, "127.0.0.1", 0, compression=None, close_timeout=0.5, ssl=tls)
        port = next(iter(server.sockets)).getsockname()[1]
        end = functools.partial(loop.call_soon_threadsafe, ended.set)
        started.put((f"{'wss' if tls else 'ws'}://127.0.0.1:{port}/socket", end))
        await ended.wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    uri, end = started.get()
    try:
        yield uri
    finally:
        end()
        thread.join()


def greet_and_connect(webhooks: WebhookServer, uri: str) -> None:
    """Answer with a connect action whose events are synchronous, and every event with 204."""
    webhooks.answer_with([connect(uri, webhooks.events_url(1))])


@contextmanager
def application(
    react: React | None = None,
    *,
    raw: ReactRaw | None = None,
    arrange: Arrange = greet_and_connect,
    tls: ssl.SSLContext | None = None,
) -> Iterator[WebhookServer]:
    """Run an application; its answer webhook is at /webhooks/answer."""
    with socket_server(react, raw, tls) as uri, webhook_server(tls) as webhooks:
        arrange(webhooks, uri)
        yield webhooks
