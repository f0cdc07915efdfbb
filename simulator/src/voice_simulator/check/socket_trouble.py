"""What a network, or a peer at its worst, does to a socket; each does it to a rule's end of one."""

from __future__ import annotations

import os
import socket as sockets
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from .raw_socket import RawSocket

LARGE_BUFFER_BYTES = 1024 * 1024


def go_on_reading(socket: RawSocket) -> None:
    """Read what waits, and what comes, as fast as it comes, however small the socket's buffer was."""
    with _kernel_socket(socket) as own:
        own.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, LARGE_BUFFER_BYTES)
    socket.go_on_reading()


def end_without_close_frame(socket: RawSocket) -> None:
    """End this side of the TCP connection (FIN) in the middle of everything; what comes is still read."""
    with _kernel_socket(socket) as own:
        own.shutdown(sockets.SHUT_WR)


def reset(socket: RawSocket) -> None:
    """Break the TCP connection (RST), as a peer does that has crashed."""
    with _kernel_socket(socket) as own:
        own.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, struct.pack("ii", 1, 0))
    socket.abort()


@contextmanager
def _kernel_socket(socket: RawSocket) -> Iterator[sockets.socket]:
    """Yield the kernel's socket by another descriptor: the event loop's own may not offer these calls."""
    descriptor = socket.transport.get_extra_info("socket").fileno()
    with sockets.socket(fileno=os.dup(descriptor)) as own:
        yield own
