"""A webhook server that answers by script, as a peer of the simulator."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit


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
    after: threading.Event | None = None  # no reply before this event
    location: str = ""  # of a redirect
    coding: str = ""  # of the body
    retry_after: str = ""  # seconds, of a refusal
    trickle: bool = False  # a byte of the body a second, until the test ends


class WebhookServer(ThreadingHTTPServer):
    """Answers each path by its list of replies, the last of them for ever; 204 on a path without a list."""

    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_port}"
        self._tls = tls
        self.requests: list[Request] = []
        self.replies: dict[str, list[Reply]] = {}
        self.nccos: dict[
            str, list[object]
        ] = {}  # answers to events by status ("reason" if it has only that), each once; they come before replies
        self.ending = threading.Event()

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Take a connection, with TLS if the server has it; a client that refuses the certificate is no error."""
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            if self._tls:
                request = self._tls.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)
            if self._tls:
                request.close()

    def script(self, path: str, *replies: dict[str, Any]) -> None:
        """Answer a path by these replies."""
        self.replies[path] = [Reply(**reply) for reply in replies]

    def answer_with(self, ncco: object) -> None:
        """Answer the answer webhook's path with an NCCO."""
        self.script("/webhooks/answer", {"status": 200, "body": json.dumps(ncco).encode()})

    def events(self) -> list[dict[str, Any]]:
        """Return the events that came."""
        return [request.fields for request in self.requests if request.path.startswith("/webhooks/events")]

    def events_url(self, attempt: int) -> str:
        """Return an event URL for a connect action."""
        return f"{self.address}/webhooks/events?attempt={attempt}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: WebhookServer

    def do_GET(self) -> None:
        self._answer(dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True)))

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, fields: dict[str, Any]) -> None:
        self.server.requests.append(Request(self.command, self.path, fields))
        if nccos := self.server.nccos.get(fields.get("status") or ("reason" if "reason" in fields else "")):
            reply = Reply(200, json.dumps(nccos.pop(0)).encode())
        else:
            replies = self.server.replies.get(urlsplit(self.path).path, [Reply()])
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply.after:
            reply.after.wait()
        if reply.hang:
            self.server.ending.wait()
        if reply.hang or reply.reset:
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        if reply.coding:
            self.send_header("Content-Encoding", reply.coding)
        if reply.location:
            self.send_header("Location", reply.location)
        if reply.retry_after:
            self.send_header("Retry-After", reply.retry_after)
        self.end_headers()
        if reply.trickle:
            self._trickle(reply.body)
        else:
            with contextlib.suppress(ConnectionError):
                self.wfile.write(reply.body)

    def _trickle(self, body: bytes) -> None:
        with contextlib.suppress(ConnectionError):
            for byte in body:
                self.wfile.write(bytes([byte]))
                if self.server.ending.wait(1):
                    return

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def webhook_server(tls: ssl.SSLContext | None = None) -> Iterator[WebhookServer]:
    """Run a webhook server in a thread."""
    with WebhookServer(tls) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.ending.set()
            server.shutdown()
            thread.join()
