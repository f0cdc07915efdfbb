"""An application of the zoo: a webhook server and a socket server, in the test's event loop or in a thread."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from simulator.tests.harness.own_loop import in_thread
from simulator.tests.harness.placing import connect
from simulator.tests.harness.webhook_server import WebhookServer

React = Callable[[ServerConnection], Awaitable[None]]
ReactRaw = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Arrange = Callable[[WebhookServer, str], None]  # the answers of the webhooks, and the socket's URI


@asynccontextmanager
async def sockets(
    react: React | None = None, raw: ReactRaw | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """Run a socket server in the running event loop, and give its URI."""
    server: Any
    if raw:
        server = await asyncio.start_server(raw, "127.0.0.1", 0)
    else:
        assert react is not None
        server = await serve(react, "127.0.0.1", 0, compression=None, close_timeout=0.5, ssl=tls)
    port = next(iter(server.sockets)).getsockname()[1]
    try:
        yield f"{'wss' if tls else 'ws'}://127.0.0.1:{port}/socket"
    finally:
        server.close()


def socket_server(
    react: React | None = None, raw: ReactRaw | None = None, tls: ssl.SSLContext | None = None
) -> AbstractContextManager[str]:
    """Run a socket server in a thread, and give its URI."""
    return in_thread(sockets(react, raw, tls))


def greet_and_connect(webhooks: WebhookServer, uri: str) -> None:
    """Answer with a connect action whose events are synchronous, and every event with 204."""
    webhooks.answer_with([connect(uri, webhooks.events_url(1))])


@asynccontextmanager
async def running(
    react: React | None = None,
    *,
    raw: ReactRaw | None = None,
    arrange: Arrange = greet_and_connect,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[WebhookServer]:
    """Run an application in the running event loop; its answer webhook is at /webhooks/answer."""
    async with sockets(react, raw, tls) as uri, WebhookServer(tls).running() as webhooks:
        arrange(webhooks, uri)
        yield webhooks


def application(react: React | None = None, **options: Any) -> AbstractContextManager[WebhookServer]:
    return in_thread(running(react, **options))
