"""The good application of the conformance zoo, right in everything; each member overrides it in exactly one thing."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import secrets
import socket
import ssl
import time
from typing import Any, Self

import jwt

from simulator.tests.harness.exchange import Request, Response, as_json, read_request
from simulator.tests.zoo.conformance.session import Session

SECRET = "the account's signature secret, long enough for HS256"
OLDEST_SIGNATURE_SECONDS, CLOCK_SKEW_SECONDS = 300, 60


class Application:
    """Webhooks, signed, and the socket of an echo, all on one port; a context manager."""

    secret: str | None = SECRET
    rate = 16000  # Hz
    buffer_bytes = 16 * 1024  # of the kernel, for each socket: what waits there can't be dropped any more
    session_class: type[Session] = Session

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._tokens: set[str] = set()
        self._running: set[asyncio.Task[None]] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0, ssl=self._tls, backlog=1000)
        for listener in self._server.sockets:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.buffer_bytes)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.buffer_bytes)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    @property
    def host(self) -> str:
        """The public name, with the port."""
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"{'https' if self._tls else 'http'}://{self.host}"

    @property
    def answer_url(self) -> str:
        return f"{self.address}/webhooks/answer"

    @property
    def reload_command(self) -> str | None:
        """The command that reloads its proxy, if it has one."""
        return None

    # The webhooks

    async def respond(self, request: Request) -> Response:
        views = {
            "/webhooks/answer": self.answer,
            "/webhooks/events": self.event,
            "/webhooks/fallback": self.fallback,
        }
        view = views.get(request.path)
        if view is None:
            return Response(404)
        if request.method not in self.methods:
            return Response(405)
        if not self.is_signed(request):
            return Response(401)
        if request.fields is None:
            return Response(400)
        return await view(request)

    methods: tuple[str, ...] = ("GET", "POST")

    async def answer(self, request: Request) -> Response:
        return as_json(self.ncco(request))

    async def event(self, request: Request) -> Response:
        return Response(204)

    async def fallback(self, request: Request) -> Response:
        """Apologise: the answer webhook has failed."""
        return as_json([{"action": "talk", "text": "Sorry, please call again later."}])

    def is_signed(self, request: Request) -> bool:
        """Whether a request bears the platform's signature, for this body and not long ago."""
        if self.secret is None:
            return True
        claims = self.claims(request)
        if claims is None or not self.is_fresh(claims):
            return False
        return request.method != "POST" or self.is_of_body(claims, request.body)

    def claims(self, request: Request) -> dict[str, Any] | None:
        """Return what the signature claims; None unless the account's secret made it."""
        token = (request.headers.get("Authorization") or "").removeprefix("Bearer ")
        assert self.secret is not None
        try:
            return jwt.decode(token, self.secret, ["HS256"], options={"verify_iat": False})
        except jwt.InvalidTokenError:
            return None

    def is_fresh(self, claims: dict[str, Any]) -> bool:
        issued = claims.get("iat")
        if not isinstance(issued, int):
            return False
        return -CLOCK_SKEW_SECONDS <= time.time() - issued <= OLDEST_SIGNATURE_SECONDS

    def is_of_body(self, claims: dict[str, Any], body: bytes) -> bool:
        return claims.get("payload_hash") == hashlib.sha256(body).hexdigest()

    # The NCCO

    def ncco(self, request: Request) -> list[dict[str, Any]]:
        return [{"action": "talk", "text": "Hello"}, self.connect(request)]

    def connect(self, request: Request) -> dict[str, Any]:
        return {
            "action": "connect",
            "eventType": "synchronous",
            "eventUrl": [f"{self.address}/webhooks/events"],
            "endpoint": [self.endpoint(request)],
        }

    def endpoint(self, request: Request) -> dict[str, Any]:
        return {
            "type": "websocket",
            "uri": self.socket_uri(request),
            "content-type": f"audio/l16;rate={self.rate}",
            "headers": self.headers(request),
            "authorization": {"type": "custom", "value": f"Bearer {self.token()}"},
        }

    def socket_uri(self, request: Request) -> str:
        return f"{'wss' if self._tls else 'ws'}://{self.host}/socket"

    def headers(self, request: Request) -> dict[str, str]:
        uuid = (request.fields or {}).get("uuid")
        return {"call_uuid": uuid} if isinstance(uuid, str) and len(uuid) <= 64 else {}

    def token(self) -> str:
        """Return a new token that opens the socket."""
        token = secrets.token_urlsafe()
        self._tokens.add(token)
        return token

    # The socket

    def admit(self, request: Request) -> int | None:
        """Return the status that refuses a handshake, None to let it in."""
        token = (request.headers.get("Authorization") or "").removeprefix("Bearer ")
        return None if token in self._tokens else 401

    # The connections

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
                await self.serve(await read_request(reader), reader, writer)
        finally:
            self._running.discard(task)
            writer.close()

    async def serve(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer a request, or be its socket until that ends."""
        if request.path == "/socket" and request.wants_socket:
            refusal = self.admit(request)
            if refusal is None:
                await self.session_class(self.rate, reader, writer).run(request)
                return
            response = Response(refusal)
        else:
            response = await self.respond(request)
        writer.write(response.whole)
        await writer.drain()
