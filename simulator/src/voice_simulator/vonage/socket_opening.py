"""The opening of a call's WebSocket: the handshake and the first message (platform.md, 3.1 and 3.2)."""

from __future__ import annotations

import functools
import ssl
from typing import cast

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.http11 import Response

from ..record.record import Record
from .application import trusted_authorities
from .connection_trouble import explain_trouble
from .ncco.actions import WebSocket
from .signature import Signature
from .socket_leg import CLOSE_SECONDS, Listener, SocketLeg, SocketNotOpenedError


class _Connect(connect):
    """Opens a connection at the address that it is given, and nowhere else."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Follow no redirect."""
        return exc


async def open_socket(
    endpoint: WebSocket,
    open_seconds: float,
    listener: Listener,
    record: Record,
    signature: Signature | None = None,
    tls: ssl.SSLContext | None = None,
) -> SocketLeg:
    """Open the socket of an NCCO's endpoint and send the platform's first message.

    The record gets the socket's texts. The signature, if there is one, is for an endpoint that wants it.
    Raises SocketNotOpenedError.
    """
    uri, audio_format, authorization = endpoint.uri, endpoint.content_type, endpoint.authorization.value
    if signature is not None and endpoint.wants_signature:
        authorization = signature.of_handshake()
    try:
        connection = await _Connect(
            uri,
            ssl=(tls or trusted_authorities()) if uri.lower().startswith("wss:") else None,
            additional_headers={"Authorization": authorization} if authorization else None,
            user_agent_header=None,
            compression=None,
            proxy=None,
            ping_interval=None,
            open_timeout=open_seconds,
            close_timeout=CLOSE_SECONDS,
            create_connection=cast(type[SocketLeg], functools.partial(SocketLeg, audio_format, listener, record)),
        )
    except TimeoutError as error:
        raise SocketNotOpenedError("timeout", f"no answer to the handshake within {open_seconds:g} s") from error
    except InvalidStatus as error:
        raise SocketNotOpenedError("rejected", f"the handshake was answered {_shown(error.response)}") from error
    except (WebSocketException, OSError) as error:
        raise SocketNotOpenedError("failed", explain_trouble(error, uri)) from error
    opened = cast(SocketLeg, connection)
    opened.send_now({"event": "websocket:connected", "content-type": audio_format.content_type} | endpoint.headers)
    return opened


def _shown(response: Response) -> str:
    body = response.body[:200].decode(errors="replace").strip() if response.body else ""
    shown = f"{response.status_code} {response.reason_phrase} {body}".rstrip()
    if 300 <= response.status_code < 400 and "Location" in response.headers:
        return f"{shown}; it redirects to {response.headers['Location']}, and redirects are not followed"
    return shown
