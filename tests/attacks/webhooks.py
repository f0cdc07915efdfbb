"""Attacks on the webhooks; each request must carry the platform's signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.attacks.target import Attack, Target, status
from tests.harness.forge import OTHER_SECRET, signature

EVENT = b'{"uuid": "u-1", "status": "ringing"}'
CHUNKED = "Transfer-Encoding: chunked"
LONG_AGO, LONG_FROM_NOW = 1_700_000_000, 4_000_000_000


def post(
    body: bytes = EVENT,
    *,
    token: str | None = None,
    signed: bytes | None = None,
    content_type: str = "application/json",
    length: str | None = None,
    path: str = "/webhooks/events",
    **changes: Any,
) -> Callable[[Target], str]:
    """Return an attack by POST, well signed but for the arguments given."""

    def act(target: Target) -> str:
        bearer = token if token is not None else signature(body if signed is None else signed, **changes)
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\nConnection: close\r\n"
        head += f"Authorization: Bearer {bearer}\r\n" if bearer else ""
        head += f"{f'Content-Length: {len(body)}' if length is None else length}\r\n\r\n"
        return status(target, head.encode("latin-1"), body)

    return act


def raw(request: str, headers: str = "", **changes: Any) -> Callable[[Target], str]:
    """Return an attack by a request without a body, well signed as a GET without parameters but for the changes."""
    head = f"{request} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {{}}\r\n{headers}\r\n"
    return lambda target: status(target, head.format(signature(b"{}", **changes)).encode("latin-1"))


def spoofed_host(target: Target) -> str:
    """Return whether a header of the attacker changes the address that the platform is told."""
    head = f"GET /webhooks/answer HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {signature(b'{}')}\r\n"
    head += (
        "X-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\nX-Forwarded-Ssl: on\r\nConnection: close\r\n"
    )
    with target.connect() as connection:
        connection.sendall(f"{head}\r\n".encode())
        answer = connection.makefile("rb").read()
    return "ignored" if b'"ws://localhost/socket"' in answer and b"evil" not in answer else "believed"


SIGNATURES: list[tuple[str, dict[str, Any]]] = [
    ("no signature", {"token": ""}),
    ("a token signed with another secret", {"secret": OTHER_SECRET}),
    ("a token with `alg: none`", {"secret": None, "header": {"alg": "none"}}),
    ("an old token", {"iat": LONG_AGO}),
    ("a token of another account", {"api_key": "another"}),
    ("a token for another body", {"signed": b"{}"}),
]
BODIES: list[tuple[str, str, dict[str, Any]]] = [
    ("no JSON", "400", {"body": b"{"}),
    ("JSON of 10,000 brackets", "400", {"body": b"[" * 10_000}),
    ("a number of 5000 digits", "400", {"body": b'{"uuid": ' + b"9" * 5000 + b"}"}),
    ("an object where a uuid belongs", "204", {"body": b'{"uuid": {"$ne": 1}}'}),
    ("another content type", "415", {"content_type": "application/xml"}),
    ("a body of 64 KiB and a byte", "413", {"body": b" " * 65_537}),
    ("a body of 1 MB, not signed", "413", {"body": b" " * 1_000_000, "token": ""}),
]
REQUESTS: list[tuple[str, str, str | None, Callable[[Target], str]]] = [
    ("a GET signed with another secret", "401", None, raw("GET /webhooks/answer", secret=OTHER_SECRET)),
    ("a GET with another one's token", "200", None, raw("GET /webhooks/answer?uuid=u-2")),
    ("another path", "404", None, raw("GET /webhooks/nothing")),
    ("a path that climbs: `/webhooks/../metrics`", "404", None, raw("GET /webhooks/../metrics")),
    ("two slashes: `//webhooks/answer`", "200", "404", raw("GET //webhooks/answer")),
    ("the metrics", "200", "404", raw("GET /metrics")),
    ("another method: DELETE", "405", None, raw("DELETE /webhooks/events")),
    ("another method: TRACE", "405", None, raw("TRACE /webhooks/events")),
    ("a host that is none", "400", None, raw("GET /webhooks/answer", "Host: a b\r\n")),
    ("a request line of 9 KB", "414", None, raw("GET /webhooks/answer?" + "x" * 9000)),
    ("200 headers", "431", None, raw("GET /webhooks/answer", "X-Header: x\r\n" * 200)),
    ("a space before a header's colon", "400", None, raw("GET /webhooks/answer", "X-Header : x\r\n")),
    ("two lengths of one body", "400", None, post(length="Content-Length: 1\r\nContent-Length: 2")),
    ("a length and chunks", "400", None, post(b"0\r\n\r\n", signed=b"", length=f"Content-Length: 5\r\n{CHUNKED}")),
    ("chunks of no length", "400", None, post(b"zz\r\n", length=CHUNKED)),
    ("a spoofed `X-Forwarded-Host`", "ignored", None, spoofed_host),
]
ATTACKS = [
    *(Attack("webhooks", name, "401", post(**changes)) for name, changes in SIGNATURES),
    *(Attack("webhooks", name, answer, post(**changes)) for name, answer, changes in BODIES),
    *(Attack("webhooks", name, answer, act, front) for name, answer, front, act in REQUESTS),
]
