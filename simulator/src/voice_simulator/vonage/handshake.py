"""The opening of a WebSocket as the platform opens one (platform.md, 3.1)."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Literal, TypeVar, cast
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.http11 import Response

from .connection_trouble import DEFAULT_PORTS, explain_trouble, tunnel_trouble
from .ncco.endpoints import WebSocket
from .open_socket import OpenSocket
from .proxy import proxy_for
from .signature import Signature

MAX_MESSAGE_BYTES = 1 << 20

S = TypeVar("S", bound=OpenSocket)


class SocketNotOpenedError(Exception):
    """The socket could not be opened; `status` is that of the platform's event about it, None for an event without."""

    def __init__(self, status: str | None, message: str) -> None:
        super().__init__(message)
        self.status = status


class HandshakeRefusedError(SocketNotOpenedError):
    """The handshake was answered by something else than 101; `answer` shows what."""

    def __init__(self, response: Response) -> None:
        self.answer = _shown(response)
        super().__init__("rejected", f"the handshake was answered {self.answer}")
        self.http_status = response.status_code
        self.retry_after = response.headers.get("Retry-After", "")


class _Connect(connect):
    """Opens a connection at the address that it is given, and nowhere else."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


def authorization_for(endpoint: WebSocket, signature: Signature | None) -> str | None:
    """Return the Authorization header that an endpoint of an NCCO wants (platform.md, 2.3)."""
    if endpoint.wants_signature:
        return signature.of_handshake() if signature else None
    return endpoint.authorization.value


async def open_socket(
    uri: str,
    make: Callable[..., S],
    *,
    tls: ssl.SSLContext,
    authorization: str | None,
    open_seconds: float,
    compression: Literal["deflate"] | None = None,
    buffer_bytes: int | None = None,
) -> S:
    """Open a socket, made by the library's arguments, and send nothing. Raises SocketNotOpenedError.

    `compression` says what is offered; `buffer_bytes` is what the kernel keeps of what is not read, None for its own
    measure.
    """
    try:
        kernel_socket = await _connect_with_buffer(uri, buffer_bytes, open_seconds) if buffer_bytes else None
        connection = await _Connect(
            uri,
            ssl=tls if uri.lower().startswith("wss:") else None,
            additional_headers={"Authorization": authorization} if authorization else None,
            user_agent_header=None,
            compression=compression,
            proxy=proxy_for(uri),
            ping_interval=None,
            open_timeout=open_seconds,
            max_size=MAX_MESSAGE_BYTES,
            create_connection=cast(type[S], make),
            sock=kernel_socket,
        )
    except TimeoutError as error:
        raise SocketNotOpenedError("timeout", f"no answer to the handshake within {open_seconds:g} s") from error
    except InvalidStatus as error:
        raise HandshakeRefusedError(error.response) from error
    except (WebSocketException, OSError, ImportError, ValueError) as error:
        raise SocketNotOpenedError("failed", explain_trouble(error, uri)) from error
    return cast(S, connection)


async def _connect_with_buffer(uri: str, buffer_bytes: int, seconds: float) -> socket.socket:
    """Return a TCP connection to a URI's host, with a small buffer from the start: a later one would lose data."""
    loop, parts = asyncio.get_running_loop(), urlsplit(uri)
    port = parts.port or DEFAULT_PORTS[parts.scheme.lower()]
    error: OSError | None = None
    async with asyncio.timeout(seconds):
        for family, kind, protocol, _, address in await loop.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM):
            connection = socket.socket(family, kind, protocol)
            try:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
                connection.setblocking(False)
                await loop.sock_connect(connection, address)
            except OSError as each:
                connection.close()
                error = each
            except BaseException:
                connection.close()
                raise
            else:
                return connection
    raise error or OSError(f"{parts.hostname} has no address")


def _shown(response: Response) -> str:
    """Return the status of a response, and the beginning of its body, unless that is a page."""
    is_page = "html" in response.headers.get("Content-Type", "")
    body = "" if is_page else " ".join((response.body or b"")[:200].decode(errors="replace").split())
    shown = f"{response.status_code} {response.reason_phrase} {body}".rstrip()
    if tunnel := tunnel_trouble(bytes(response.body or b"")):
        return f"{shown}; {tunnel}"
    if 300 <= response.status_code < 400 and "Location" in response.headers:
        return f"{shown}; it redirects to {response.headers['Location']}, and redirects are not followed"
    return shown
