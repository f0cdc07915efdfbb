"""Opens a socket as the platform does, and tells what came instead of a socket."""

from __future__ import annotations

import asyncio
import socket as kernel
import ssl
from typing import Literal, cast
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.http11 import Response

from ..vonage.connection_trouble import DEFAULT_PORTS, explain_trouble
from .raw_socket import CLOSE_SECONDS, RawSocket


class RefusedError(Exception):
    """The handshake was answered by something else than 101; the message shows the answer."""

    def __init__(self, response: Response) -> None:
        is_page = "html" in response.headers.get("Content-Type", "")
        body = "" if is_page else " ".join((response.body or b"")[:100].decode(errors="replace").split())
        super().__init__(f"{response.status_code} {response.reason_phrase} {body}".rstrip())
        self.status = response.status_code
        self.retry_after = response.headers.get("Retry-After", "")


class UnreachedError(Exception):
    """The socket's handshake came to no answer; the message says why."""


class _Connect(connect):
    """Opens a connection at the address that it is given, and nowhere else."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Follow no redirect."""
        return exc


async def open_raw_socket(
    uri: str,
    *,
    tls: ssl.SSLContext,
    authorization: str | None,
    open_seconds: float,
    compression: Literal["deflate"] | None = None,
    buffer_bytes: int | None = None,
) -> RawSocket:
    """Open a socket and send nothing. Raises RefusedError or UnreachedError.

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
            proxy=None,
            ping_interval=None,
            open_timeout=open_seconds,
            close_timeout=CLOSE_SECONDS,
            max_size=None,
            create_connection=RawSocket,
            sock=kernel_socket,
        )
    except TimeoutError as error:
        raise UnreachedError(f"no answer to the handshake within {open_seconds:g} s") from error
    except InvalidStatus as error:
        raise RefusedError(error.response) from error
    except (WebSocketException, OSError) as error:
        raise UnreachedError(explain_trouble(error, uri)) from error
    return cast(RawSocket, connection)


async def _connect_with_buffer(uri: str, buffer_bytes: int, seconds: float) -> kernel.socket:
    """Return a TCP connection to a URI's host, with a small buffer from the start: a later one would lose data."""
    loop, parts = asyncio.get_running_loop(), urlsplit(uri)
    port = parts.port or DEFAULT_PORTS[parts.scheme.lower()]
    async with asyncio.timeout(seconds):
        family, kind, protocol, _, address = (await loop.getaddrinfo(parts.hostname, port, type=kernel.SOCK_STREAM))[0]
        connection = kernel.socket(family, kind, protocol)
        try:
            connection.setsockopt(kernel.SOL_SOCKET, kernel.SO_RCVBUF, buffer_bytes)
            connection.setblocking(False)
            await loop.sock_connect(connection, address)
        except BaseException:
            connection.close()
            raise
    return connection
