"""A webhook server that answers by script, as a peer of the simulator."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import threading
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any, NamedTuple

from simulator.tests.harness import exchange
from simulator.tests.harness.own_loop import in_thread

# What ends a talk: the client has gone, or speaks no HTTP; or the server ends.
GONE = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, asyncio.CancelledError)


class Request(NamedTuple):
    """A request that came, with the fields of its query or of its JSON body."""

    method: str
    path: str
    fields: dict[str, Any]


class Reply(NamedTuple):
    """A reply to a request."""

    status: int = 204
    body: bytes = b""
    content_type: str = "application/json"
    reset: bool = False  # the connection is closed without a reply
    hang: bool = False  # no reply until the test ends
    after: threading.Event | asyncio.Event | None = None  # no reply before this event
    location: str = ""  # of a redirect
    coding: str = ""  # of the body
    retry_after: str = ""  # seconds, of a refusal
    trickle: bool = False  # a byte of the body a second

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        own = {
            "Content-Type": self.content_type,
            "Location": self.location,
            "Retry-After": self.retry_after,
            "Content-Encoding": self.coding,
        }
        return tuple((name, value) for name, value in own.items() if value)


class WebhookServer:
    """Answers each path by its list of replies, the last of them for ever; 204 on a path without a list."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self._tls = tls
        self._talks: set[asyncio.Task[None]] = set()
        self.ending = threading.Event()
        self.address = f"{'https' if tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[Request] = []
        self.replies: dict[str, list[Reply]] = {}
        self.nccos: dict[
            str, list[object]
        ] = {}  # answers to events by status ("reason" if it has only that), each once; they come before replies

    def script(self, path: str, *replies: dict[str, Any]) -> None:
        self.replies[path] = [Reply(**reply) for reply in replies]

    def answer_with(self, ncco: object) -> None:
        self.script("/webhooks/answer", {"status": 200, "body": json.dumps(ncco).encode()})

    def events(self) -> list[dict[str, Any]]:
        return [request.fields for request in self.requests if request.path.startswith("/webhooks/events")]

    def events_url(self, attempt: int) -> str:
        return f"{self.address}/webhooks/events?attempt={attempt}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[WebhookServer]:
        server = await asyncio.start_server(self._talk, sock=self._listener, ssl=self._tls)
        try:
            yield self
        finally:
            self.ending.set()
            server.close()
            for talk in self._talks:
                talk.cancel()
            await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of a connection, one after the other."""
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            with contextlib.suppress(*GONE):
                goes_on = True
                while goes_on:
                    first = await reader.readexactly(1)
                    if not first.isalpha():  # TLS, perhaps
                        writer.write(exchange.Response(400).whole)
                        return
                    goes_on = await self._answer(await exchange.read_request(reader, first), writer)
        finally:
            self._talks.discard(task)
            writer.close()

    async def _answer(self, request: exchange.Request, writer: asyncio.StreamWriter) -> bool:
        """Answer a request; return whether the connection goes on."""
        fields = request.fields or {}
        self.requests.append(Request(request.method, request.target, fields))
        reply = self._reply(request.path, fields)
        while reply.after and not reply.after.is_set():
            await asyncio.sleep(0.01)  # it may be set in another thread
        if reply.hang:
            await asyncio.Event().wait()  # until the server ends
        if reply.reset:
            return False
        body = b"" if reply.trickle else reply.body
        writer.write(exchange.Response(reply.status, reply.body, reply.headers).head + body)
        await writer.drain()
        if reply.trickle:
            for byte in reply.body:
                writer.write(bytes([byte]))
                await asyncio.sleep(1)
        return True

    def _reply(self, path: str, fields: dict[str, Any]) -> Reply:
        if nccos := self.nccos.get(fields.get("status") or ("reason" if "reason" in fields else "")):
            return Reply(200, json.dumps(nccos.pop(0)).encode())
        replies = self.replies.get(path, [Reply()])
        return replies.pop(0) if len(replies) > 1 else replies[0]


def webhook_server(tls: ssl.SSLContext | None = None) -> AbstractContextManager[WebhookServer]:
    return in_thread(WebhookServer(tls).running())
