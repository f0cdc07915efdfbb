"""Opens the socket of a lean call, in steps that never wait: other calls go on in the same process."""

from __future__ import annotations

import enum
import errno
import json
import os
import socket
import ssl
from collections.abc import Sequence
from time import perf_counter
from typing import Any, NamedTuple

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.protocol import State
from websockets.uri import parse_uri

from ..audio.format import AudioFormat
from ..vonage.socket_messages import first_message
from .frames import Opcode, client_frame
from .wire import PlainWire, TlsWire, WireClosedError

OPEN_SECONDS = 10.0
LONGEST_TICK_SECONDS = 0.1  # of this process; that it stood still for longer is not held against the server
# This machine has no more sockets, ports or memory; that is no refusal of the server.
_OWN_LIMITS = {errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.ENOMEM}
_MOST_HEADER_BYTES = 1 << 16


class SocketToOpen(NamedTuple):
    """The socket of a call, as its NCCO names it, with the addresses of its host."""

    call: int  # its index in the run
    uri: str
    addresses: Sequence[tuple[str, int]]  # to be tried one after the other
    authorization: str | None
    headers: dict[str, Any]  # that the platform's first message carries (platform.md, 3.2)
    audio_format: AudioFormat


class SocketRefusedError(Exception):
    """The socket could not be opened; the message says why."""


class OwnLimitError(Exception):
    """No more sockets can be opened on this machine; the message says why."""


class _Stage(enum.Enum):
    CONNECTING = enum.auto()
    SECURING = enum.auto()
    REQUESTED = enum.auto()
    OPEN = enum.auto()


class Opening:
    """One socket on its way to being open; once `advance` says so, `wire` carries it and `rest` has come over it."""

    def __init__(self, target: SocketToOpen, tls: ssl.SSLContext | None) -> None:
        """Take the TLS context of a wss URI. Begins to connect; raises SocketRefusedError and OwnLimitError."""
        self.target = target
        self.rest = b""
        self._tls = tls
        self._waited = 0.0  # seconds
        self._looked_at = perf_counter()
        self._protocol = ClientProtocol(parse_uri(target.uri))
        self._wire: PlainWire | None = None
        self._received = bytearray()
        self._stage = _Stage.CONNECTING
        self._untried = list(target.addresses)
        self._socket = self._next_socket()

    @property
    def wire(self) -> PlainWire:
        """The open connection."""
        if self._wire is None:
            raise AssertionError("the wire is used before advance() has returned True")
        return self._wire

    def advance(self) -> bool:
        """Do what can be done now, and return whether the socket is open. Raises SocketRefusedError."""
        try:
            if self._stage is _Stage.CONNECTING:
                self._connect()
            if self._stage is _Stage.SECURING:
                self._secure()
            if self._stage is _Stage.REQUESTED:
                self._listen()
            if self._stage is not _Stage.OPEN and self._waits_too_long():
                raise SocketRefusedError(f"no answer to the handshake within {OPEN_SECONDS:g} s")
        except (SocketRefusedError, WireClosedError, OSError) as error:
            self.close()
            raise SocketRefusedError(str(error)) from error
        return self._stage is _Stage.OPEN

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _waits_too_long(self) -> bool:
        now = perf_counter()
        self._waited += min(now - self._looked_at, LONGEST_TICK_SECONDS)
        self._looked_at = now
        return self._waited > OPEN_SECONDS

    def _next_socket(self) -> socket.socket:
        """Return a socket that connects to the next address, or to one after it. Raises as __init__ does."""
        while True:
            address = self._untried.pop(0)
            try:
                return _connecting(address)
            except (SocketRefusedError, OwnLimitError):
                if not self._untried:
                    raise

    def _connect(self) -> None:
        if error := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            if not self._untried:
                raise SocketRefusedError(os.strerror(error))
            self._socket.close()
            self._socket = self._next_socket()
            return
        try:
            self._socket.getpeername()
        except OSError:  # not yet
            return
        if self._tls is None:
            self._request(PlainWire(self._socket))
            return
        host = self._protocol.uri.host
        self._socket = self._tls.wrap_socket(self._socket, server_hostname=host, do_handshake_on_connect=False)
        self._stage = _Stage.SECURING

    def _secure(self) -> None:
        if not isinstance(self._socket, ssl.SSLSocket):
            raise AssertionError("a connection is secured after it has been wrapped")
        try:
            self._socket.do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        self._request(TlsWire(self._socket))

    def _request(self, wire: PlainWire) -> None:
        request = self._protocol.connect()
        if self.target.authorization:
            request.headers["Authorization"] = self.target.authorization
        self._protocol.send_request(request)
        self._wire = wire
        wire.send(b"".join(self._protocol.data_to_send()))
        self._stage = _Stage.REQUESTED

    def _listen(self) -> None:
        received = self.wire.receive(_MOST_HEADER_BYTES)
        if received is None:
            return
        self._received += received[0]
        header, end, rest = bytes(self._received).partition(b"\r\n\r\n")
        if not end:
            return
        self._protocol.receive_data(header + end)
        if self._protocol.state is not State.OPEN:
            raise SocketRefusedError(_why(self._protocol.handshake_exc, header))
        self.rest = rest
        message = first_message(self.target.audio_format.content_type, self.target.headers)
        self.wire.send(client_frame(Opcode.TEXT, json.dumps(message).encode()))
        self._stage = _Stage.OPEN


def _connecting(address: tuple[str, int]) -> socket.socket:
    try:
        connecting = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    except OSError as error:
        raise OwnLimitError(error.strerror) from error
    connecting.setblocking(False)
    number = connecting.connect_ex(address)
    if number in (0, errno.EINPROGRESS):
        return connecting
    connecting.close()
    raise (OwnLimitError if number in _OWN_LIMITS else SocketRefusedError)(os.strerror(number))


def _why(error: Exception | None, header: bytes) -> str:
    if error is None or isinstance(error, InvalidStatus):
        status_line = header.partition(b"\r\n")[0].decode("ascii", "replace")
        return f"the handshake was answered {status_line.partition(' ')[2]}"
    return str(error)
