"""HTTP, as much of it as the test servers need: requests with a length, and whole responses."""

from __future__ import annotations

import asyncio
import http.client
import io
import json
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

HEAD_END = b"\r\n\r\n"


class Request(NamedTuple):
    """A request, whole; `head` is what came up to the empty line."""

    method: str
    target: str
    headers: http.client.HTTPMessage
    body: bytes
    head: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def fields(self) -> dict[str, Any] | None:
        """What it tells, in its query or its JSON; None if that is no JSON object."""
        if self.method == "GET":
            return self.query
        try:
            fields = json.loads(self.body)
        except ValueError:
            return None
        return fields if isinstance(fields, dict) else None

    @property
    def wants_socket(self) -> bool:
        return (self.headers.get("Upgrade") or "").lower() == "websocket"


class Response(NamedTuple):
    """A response."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def whole(self) -> bytes:
        """The bytes to write on a connection that ends with them."""
        return self._replace(headers=(*self.headers, ("Connection", "close"))).head + self.body

    @property
    def head(self) -> bytes:
        """The bytes to write before the body."""
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        if "Date" not in dict(self.headers):
            lines.append(f"Date: {formatdate(usegmt=True)}")
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.status != HTTPStatus.NO_CONTENT:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode() + HEAD_END


def as_json(value: object, status: int = 200) -> Response:
    return Response(status, json.dumps(value).encode(), (("Content-Type", "application/json"),))


async def read_request(reader: asyncio.StreamReader, begun: bytes = b"") -> Request:
    """Read a request, of which some bytes may have come. Raises IncompleteReadError, LimitOverrunError, ValueError."""
    head = begun + await reader.readuntil(HEAD_END)
    start, _, rest = head.partition(b"\r\n")
    method, target, _version = start.decode("ascii").split(" ")
    headers = http.client.parse_headers(io.BytesIO(rest))
    body = await reader.readexactly(int(headers.get("Content-Length") or 0))
    return Request(method, target, headers, body, head)
