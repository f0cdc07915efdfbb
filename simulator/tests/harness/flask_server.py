"""The webhooks of somebody else's voice application, written with Flask."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import NamedTuple

from flask import Flask
from werkzeug.serving import make_server

from simulator.tests.harness import exchange


class Address(NamedTuple):
    """Where an application listens."""

    answer_url: str


@asynccontextmanager
async def in_loop(app: Flask) -> AsyncIterator[Address]:
    """Run an application in the running event loop, for simulated time; each request is answered in a thread."""

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await exchange.read_request(reader)
        opened = functools.partial(
            app.test_client().open,
            request.target,
            base_url=f"http://{request.headers['Host']}",
            method=request.method,
            data=request.body,
            content_type=request.headers["Content-Type"],
        )
        response = await asyncio.get_running_loop().run_in_executor(None, opened)
        headers = (("Content-Type", response.content_type),)
        writer.write(exchange.Response(response.status_code, response.data, headers).whole)
        writer.close()

    async with await asyncio.start_server(respond, "127.0.0.1", 0) as server:
        yield Address(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/webhooks/answer")


@contextmanager
def serving(app: Flask) -> Iterator[Address]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Address(f"http://127.0.0.1:{server.server_port}/webhooks/answer")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
