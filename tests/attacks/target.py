"""An attack, its target, and a client that sends the bytes that no library would send."""

from __future__ import annotations

import contextlib
import functools
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

from tests.harness.forge import socket_token

DEADLINE = 15.0  # seconds
CLOSE, TEXT, BINARY, PING, PONG = 0x88, 0x81, 0x82, 0x89, 0x8A  # first bytes of whole frames (RFC 6455, 5.2)
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


class Target(NamedTuple):
    """A process of the server, or its front; it knows the secrets of tests/harness/forge.py."""

    url: str  # http://host:port

    def connect(self) -> socket.socket:
        parts = urlsplit(self.url)
        return socket.create_connection((parts.hostname, parts.port), DEADLINE)


@dataclass(frozen=True)
class Attack:
    """Something that a stranger may try; `act` returns what the target answered."""

    endpoint: str
    name: str
    answer: str
    act: Callable[[Target], str]
    through_front: str | None = None  # where the front answers something else
    slow: bool = False  # it takes seconds until the answer comes

    def expected(self, front: bool) -> str:
        return self.through_front if front and self.through_front is not None else self.answer


def status(target: Target, request: bytes, *more: bytes) -> str:
    """Send bytes and return the status of the answer, "closed" if the connection is closed without an answer."""
    with target.connect() as connection:
        with contextlib.suppress(OSError):  # the answer may come before everything is sent
            for part in (request, *more):
                connection.sendall(part)
        return read_status(connection)


def read_status(connection: socket.socket) -> str:
    with connection.makefile("rb") as received:
        try:
            line = received.readline()
        except ConnectionError:
            return "closed"
    return line.split()[1].decode() if line else "closed"


def handshake(path: str = "/socket", *, token: str | None = None, headers: str = UPGRADE) -> bytes:
    """Return a request for a WebSocket: with a token, by default that of a new call; an empty one is left out."""
    token = socket_token(call_uuid=uuid4().hex) if token is None else token
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}{headers}\r\n".encode("latin-1")


def frame(payload: bytes = b"", first: int = BINARY, *, length: bytes | None = None) -> bytes:
    """Return a frame masked with zeros, its length in the shortest form unless one is given."""
    size = len(payload)
    if length is None and size < 126:
        length = bytes([0x80 | size])
    elif length is None:
        length = b"\xfe" + size.to_bytes(2, "big") if size < 65536 else b"\xff" + size.to_bytes(8, "big")
    return bytes([first]) + length + bytes(4) + payload


class Call:
    """An open call; the attack chooses every byte that it sends."""

    def __init__(self, connection: socket.socket, received: BinaryIO) -> None:
        self.send = connection.sendall
        self.send_no_more = functools.partial(connection.shutdown, socket.SHUT_WR)
        self._received = received

    def receive(self) -> tuple[int, bytes]:
        """Return the first byte and the payload of the next frame; raises EOFError at the end."""
        head = self._received.read(2)
        if len(head) < 2:
            raise EOFError
        size = head[1] if head[1] < 126 else int.from_bytes(self._received.read(2 if head[1] == 126 else 8), "big")
        return head[0], self._received.read(size)

    def ping(self) -> list[tuple[int, bytes]]:
        """Return what comes back until the server has taken in all that was sent before."""
        self.send(frame(b"all?", PING))
        return list(iter(self.receive, (PONG, b"all?")))

    def end(self) -> str:
        """Return how the server ends the call: "close CODE", or "closed" without a close frame."""
        try:
            while True:
                first, payload = self.receive()
                if first == CLOSE:
                    return f"close {int.from_bytes(payload[:2], 'big')}" if payload else "close"
        except (EOFError, ConnectionError):
            return "closed"

    def goes_on(self) -> str:
        """Return "the call goes on" if it echoes, else how it ended."""
        probe = b"is anyone there?" * 20  # as long as a frame at 8 kHz
        try:
            self.send(frame(probe))
            while (received := self.receive()) != (BINARY, probe):
                if received[0] == CLOSE:
                    return f"close {int.from_bytes(received[1][:2], 'big')}"
        except (EOFError, ConnectionError):
            return "closed"
        return "the call goes on"


@contextlib.contextmanager
def call(target: Target, request: bytes | None = None) -> Iterator[Call]:
    """Open a call: by a request, or with a good token of a new call.

    An engine that the attack before has made late refuses new calls until it has been on time for some seconds.
    """
    deadline = time.monotonic() + DEADLINE
    while True:
        with target.connect() as connection, connection.makefile("rb") as received:
            connection.sendall(request or handshake())
            status_line = received.readline()
            while received.readline() not in (b"\r\n", b""):
                pass
            if b" 503 " not in status_line or time.monotonic() > deadline:
                yield Call(connection, received)
                return
        time.sleep(0.25)
