"""The connection of a lean call, which never waits: plain with the kernel's time stamps, or with TLS."""

from __future__ import annotations

import socket
import ssl
import struct
import sys
import time

# Linux stamps what it receives, so that a round trip ends when the echo is here, not when this process reads it.
_STAMPS = sys.platform == "linux"
_SO_TIMESTAMPNS = 35  # Python has no name for it
_TIMESPEC = struct.Struct("@ll")
_STAMP_SPACE = socket.CMSG_SPACE(_TIMESPEC.size) if _STAMPS else 0
_READ_BYTES = 1 << 16
_NOT_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class WireClosedError(Exception):
    """The server has ended the connection, or takes nothing more."""


class PlainWire:
    """A TCP connection."""

    prompt = _STAMPS  # what has come may be read later: it carries its time

    def __init__(self, plain: socket.socket) -> None:
        self._socket = plain
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if _STAMPS:
            plain.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)

    def fileno(self) -> int:
        return self._socket.fileno()

    def receive(self, most: int) -> tuple[bytes, int] | None:
        """Return what has come, at most so many bytes, and when (time_ns); None if nothing has.

        Raises WireClosedError.
        """
        try:
            data, stamps = self._socket.recvmsg(most, _STAMP_SPACE)[:2] if _STAMPS else (self._socket.recv(most), [])
        except BlockingIOError:
            return None
        except OSError as error:
            raise WireClosedError(str(error.strerror)) from error
        if not data:
            raise WireClosedError("the server closed the connection")
        if not stamps:
            return data, time.time_ns()
        seconds, nanoseconds = _TIMESPEC.unpack(stamps[0][2])
        return data, seconds * 1_000_000_000 + nanoseconds

    def send(self, data: bytes) -> None:
        """Send all of it. Raises WireClosedError, also if there is no room: a server that reads has room for it."""
        try:
            sent = self._socket.send(data)
        except _NOT_YET:
            sent = 0
        except OSError as error:
            raise WireClosedError(error.strerror or str(error)) from error
        if sent != len(data):
            raise WireClosedError("the server reads nothing")

    def close(self) -> None:
        self._socket.close()


class TlsWire(PlainWire):
    """A TLS connection; it knows when something has come only by reading it."""

    prompt = False

    def __init__(self, secure: ssl.SSLSocket) -> None:
        self._socket = secure

    def receive(self, most: int) -> tuple[bytes, int] | None:
        """Do as PlainWire does; the time is now."""
        try:
            data = self._socket.recv(max(most, _READ_BYTES))
        except _NOT_YET:
            return None
        except OSError as error:
            raise WireClosedError(str(error)) from error
        if not data:
            raise WireClosedError("the server closed the connection")
        return data, time.time_ns()
