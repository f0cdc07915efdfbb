"""Real peers for the simulator: a webhook server that answers by script, and an echo server that can misbehave."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve


class Request(NamedTuple):
    method: str
    path: str
    fields: dict[str, Any]


class Reply(NamedTuple):
    status: int = 204
    body: bytes = b""
    content_type: str = "application/json"
    reset: bool = False  # the connection is closed with no reply at all
    hang: bool = False  # no reply until the test ends


class WebhookServer(ThreadingHTTPServer):
    """Answers each path by its list of replies, the last of them for ever; 204 on a path without a list."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.requests: list[Request] = []
        self.replies: dict[str, list[Reply]] = {}
        self.nccos: dict[str, list[object]] = {}  # answers to events, by their status, each once; then as above
        self.ending = threading.Event()

    def script(self, path: str, *replies: dict[str, Any]) -> None:
        self.replies[path] = [Reply(**reply) for reply in replies]

    def answer_with(self, ncco: object) -> None:
        self.script("/webhooks/answer", {"status": 200, "body": json.dumps(ncco).encode()})

    def events(self) -> list[dict[str, Any]]:
        return [request.fields for request in self.requests if request.path.startswith("/webhooks/events")]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: WebhookServer

    def do_GET(self) -> None:
        self._answer(dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True)))

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, fields: dict[str, Any]) -> None:
        self.server.requests.append(Request(self.command, self.path, fields))
        if nccos := self.server.nccos.get(str(fields.get("status"))):
            reply = Reply(200, json.dumps(nccos.pop(0)).encode())
        else:
            replies = self.server.replies.get(urlsplit(self.path).path, [Reply()])
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply.hang:
            self.server.ending.wait()
        if reply.hang or reply.reset:
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def webhooks() -> Iterator[WebhookServer]:
    with WebhookServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.ending.set()
        server.shutdown()
        thread.join()


React = Callable[[ServerConnection, bytes, int], None]


class EchoPeer:
    """An echo server: what it does with the n-th binary message of a call is up to `react`; it notes the rest."""

    def __init__(self, react: React) -> None:
        self.react = react
        self.authorization: list[str | None] = []
        self.handshake_names: list[str] = []
        self.texts: list[dict[str, Any]] = []
        self.close_codes: list[int | None] = []
        self.ended = threading.Event()  # everything that the first call sent has been read
        self.server: Server = serve(self._talk, "127.0.0.1", 0, compression=None)
        self.uri = f"ws://127.0.0.1:{self.server.socket.getsockname()[1]}/socket"

    def _talk(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.authorization.append(connection.request.headers.get("Authorization"))
        self.handshake_names = [name.lower() for name in connection.request.headers]
        numbers = itertools.count()
        try:
            for message in connection:
                if isinstance(message, bytes):
                    self.react(connection, message, next(numbers))
                else:
                    self.texts.append(json.loads(message))
        except ConnectionClosed:
            pass
        self.close_codes.append(connection.close_code)
        self.ended.set()


def echo(connection: ServerConnection, frame: bytes, number: int) -> None:
    connection.send(frame)


@pytest.fixture
def start_peer() -> Iterator[Callable[..., EchoPeer]]:
    peers: list[tuple[EchoPeer, threading.Thread]] = []

    def start(react: React = echo) -> EchoPeer:
        peer = EchoPeer(react)
        thread = threading.Thread(target=peer.server.serve_forever)
        thread.start()
        peers.append((peer, thread))
        return peer

    yield start
    for peer, thread in peers:
        peer.server.shutdown()
        thread.join()
