"""Opens the socket of a lean call, and waits for it: in a thread of its own, beside the calls that stream."""

from __future__ import annotations

import errno
import json
import os
import socket
import ssl
from time import monotonic
from typing import Any, NamedTuple

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.protocol import State
from websockets.uri import parse_uri

from ..audio.format import AudioFormat
from ..vonage.socket_messages import first_message
from .frames import Opcode, client_frame
from .wire import PlainWire, TlsWire

OPEN_SECONDS = 10.0
# This machine has no more sockets, ports or memory; the server hasn't refused anything.
_OWN_LIMITS = {errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.ENOMEM}
_MAX_HEADER_BYTES = 1 << 16


class SocketToOpen(NamedTuple):
    """The socket of a call, as its NCCO names it."""

    call: int  # its index in the run
    uri: str
    authorization: str | None
    headers: dict[str, Any]  # that the platform's first message carries (platform.md, 3.2)
    audio_format: AudioFormat


class SocketRefusedError(Exception):
    """The socket could not be opened; the message says why."""


class OwnLimitError(Exception):
    """The machine that runs the load can't open more sockets; the message says why."""


def open_wire(target: SocketToOpen, tls: ssl.SSLContext | None) -> tuple[PlainWire, bytes]:
    """Return an open connection, and what has come over it after the handshake; `tls` is for a wss URI.

    Raises SocketRefusedError and OwnLimitError.
    """
    protocol = ClientProtocol(parse_uri(target.uri))
    deadline = monotonic() + OPEN_SECONDS
    try:
        connection = socket.create_connection((protocol.uri.host, protocol.uri.port), OPEN_SECONDS)
    except OSError as error:
        kind = OwnLimitError if error.errno in _OWN_LIMITS else SocketRefusedError
        raise kind(_reason(error)) from error
    try:
        if tls:
            connection = tls.wrap_socket(connection, server_hostname=protocol.uri.host)
        rest = _shake_hands(connection, protocol, target.authorization, deadline)
        message = first_message(target.audio_format.content_type, target.headers)
        connection.sendall(client_frame(Opcode.TEXT, json.dumps(message).encode()))
        connection.setblocking(False)
        return (TlsWire(connection) if isinstance(connection, ssl.SSLSocket) else PlainWire(connection)), rest
    except OSError as error:
        connection.close()
        raise SocketRefusedError(_reason(error)) from error
    except SocketRefusedError:
        connection.close()
        raise


def _shake_hands(
    connection: socket.socket, protocol: ClientProtocol, authorization: str | None, deadline: float
) -> bytes:
    """Send the request and read the response (RFC 6455, 4.1); return the bytes that came after it."""
    request = protocol.connect()
    if authorization:
        request.headers["Authorization"] = authorization
    protocol.send_request(request)
    connection.sendall(b"".join(protocol.data_to_send()))
    received = b""
    while b"\r\n\r\n" not in received:
        connection.settimeout(max(0.001, deadline - monotonic()))
        data = connection.recv(_MAX_HEADER_BYTES)
        if not data:
            raise SocketRefusedError("the server closed the connection")
        received += data
        if len(received) > _MAX_HEADER_BYTES:
            raise SocketRefusedError("the handshake was answered with headers that have no end")
    head, end, rest = received.partition(b"\r\n\r\n")
    protocol.receive_data(head + end)
    error = protocol.handshake_exc
    if protocol.state is not State.OPEN:
        if error is None or isinstance(error, InvalidStatus):
            status_line = head.partition(b"\r\n")[0].decode("ascii", "replace")
            raise SocketRefusedError(f"the handshake was answered {status_line.partition(' ')[2]}")
        raise SocketRefusedError(str(error))
    return rest


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer to the handshake within {OPEN_SECONDS:g} s"
    return os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
