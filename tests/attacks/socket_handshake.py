"""Attacks on the socket before a call is open."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from tests.attacks.target import UPGRADE, Attack, Target, call, handshake, read_status, status
from tests.harness.forge import OTHER_SECRET, SIGNATURE_SECRET, signature, socket_token

KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
PATIENCE = 6.0
IN_TIME = f"closed within {PATIENCE:g} s"


def send(build: Callable[[], bytes]) -> Callable[[Target], str]:
    """Return an attack by a request that is built when it strikes: a token made at import would be old by then."""
    return lambda target: status(target, build())


def knock(path: str = "/socket", *, token: str | None = None, headers: str = UPGRADE) -> Callable[[Target], str]:
    return lambda target: status(target, handshake(path, token=token, headers=headers))


def signed(payload: bytes = b"", **changes: Any) -> Callable[[Target], str]:
    """Return an attack by the platform's signature of a payload, good but for the changed claims."""
    return lambda target: status(target, handshake(token=signature(payload, **changes)))


def forged(**changes: Any) -> Callable[[Target], str]:
    return lambda target: status(target, handshake(token=socket_token(**changes)))


def compressed(target: Target) -> str:
    """Return whether an offer to compress is taken."""
    with target.connect() as connection:
        connection.sendall(handshake(headers=f"{UPGRADE}Sec-WebSocket-Extensions: permessage-deflate\r\n"))
        lines = connection.makefile("rb")
        head = b"".join(iter(lines.readline, b"\r\n"))
    return "declined" if b" 101 " in head and b"deflate" not in head else "accepted"


def flood(target: Target) -> str:
    """Return the answer to the first call too many; MAX_CALLS must be small."""
    with ExitStack() as stack:
        for _ in range(1000):
            connection = stack.enter_context(target.connect())
            connection.sendall(handshake())
            if (answer := read_status(connection)) != "101":
                return answer
    return "101"


def third_socket(target: Target) -> str:
    """Return the answer to a call that has two sockets open."""
    request = handshake()
    with call(target, request), call(target, request):
        return status(target, request)


def byte_by_byte(target: Target) -> str:
    """Send a request a byte at a time, and return how long the server lets that go on."""
    with target.connect() as connection:
        start = time.monotonic()
        connection.settimeout(0.2)
        for byte in handshake():
            try:
                connection.sendall(bytes([byte]))
                if not connection.recv(1):
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
    return IN_TIME if time.monotonic() - start < PATIENCE else "not closed in time"


def stalled(sent: bytes) -> Callable[[Target], str]:
    """Return an attack that sends these bytes and then falls silent."""

    def act(target: Target) -> str:
        start = time.monotonic()
        answer = status(target, sent)
        return IN_TIME if answer == "closed" and time.monotonic() - start < PATIENCE else answer

    return act


TOKENS: list[tuple[str, Callable[[Target], str]]] = [
    ("no token", knock(token="")),
    ("no token, but text", knock(token="a.b.c")),
    ("a token in the query", send(lambda: handshake(f"/socket?token={socket_token()}", token=""))),
    ("a token signed with another secret", forged(secret=OTHER_SECRET)),
    ("a token with `alg: none`", forged(secret=None, header={"alg": "none"})),
    ("a token for another audience", forged(aud="another-server")),
    ("an old token", forged(exp=1_700_000_000)),
    ("a token from the future", forged(iat=4_000_000_000)),
    ("the signature of a webhook", signed(secret=SIGNATURE_SECRET)),
]
HANDSHAKES: list[tuple[str, str, str | None, Callable[[Target], str]]] = [
    ("another spelling: `/SOCKET`", "404", None, knock("/SOCKET")),
    ("another spelling: `/sock%65t`", "404", None, knock("/sock%65t")),
    ("no upgrade", "426", None, knock(headers="")),
    ("an upgrade to h2c", "426", None, knock(headers=UPGRADE.replace("websocket", "h2c"))),
    ("version 12", "400", None, knock(headers=UPGRADE.replace("13", "12"))),
    ("a bad key", "400", None, knock(headers=UPGRADE.replace(KEY, "Sec-WebSocket-Key: short"))),
    ("another method: POST", "405", "404", send(lambda: handshake().replace(b"GET", b"POST"))),
    ("HTTP/1.0", "505", "101", send(lambda: handshake().replace(b"HTTP/1.1", b"HTTP/1.0"))),
    ("a body", "400", "404", send(lambda: handshake(headers=f"Content-Length: 5\r\n{UPGRADE}") + b"hello")),
    ("a target of 9 KB", "414", None, knock("/socket?" + "x" * 9000)),
    ("a header of 9 KB", "431", None, knock(headers=f"X: {'x' * 9000}\r\n{UPGRADE}")),
    ("130 headers", "431", None, knock(headers="X: x\r\n" * 130 + UPGRADE)),
    ("an offer to compress", "declined", None, compressed),
]
STALLS: list[tuple[str, str | None, Callable[[Target], str]]] = [
    ("a connection that says nothing", None, stalled(b"")),
    ("half a handshake", None, stalled(handshake()[:-2])),
    ("a handshake byte by byte", None, byte_by_byte),
    ("a TLS handshake", "400", stalled(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")),
]
ATTACKS = [
    *(Attack("socket", name, answer, act, front) for name, answer, front, act in HANDSHAKES),
    *(Attack("socket", name, "401", act) for name, act in TOKENS),
    *(Attack("socket", name, IN_TIME, act, front, slow=True) for name, front, act in STALLS),
    Attack("socket", "a third socket of one call", "409", third_socket),
    Attack("socket", "more calls than `MAX_CALLS`", "503", flood),  # the last one: it fills the server for a moment
]
