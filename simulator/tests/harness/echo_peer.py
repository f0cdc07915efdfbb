"""Echo servers for the simulator, good and bad: each frame goes to a reaction."""

from __future__ import annotations

import itertools
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

React = Callable[[ServerConnection, bytes, int], None]  # to the n-th binary message of a socket


class EchoPeer:
    """A WebSocket server that reacts to audio and notes everything else."""

    def __init__(self, react: React) -> None:
        self.react = react
        self.authorization: list[str | None] = []
        self.handshake_names: list[str] = []
        self.texts: list[dict[str, Any]] = []
        self.close_codes: list[int | None] = []
        self.ended = threading.Event()  # everything that the first call sent has been read
        self.server: Server = serve(self._talk, "127.0.0.1", 0, compression=None)
        self.uri = f"ws://127.0.0.1:{self.server.socket.getsockname()[1]}/socket"

    def _talk(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.authorization.append(connection.request.headers.get("Authorization"))
        self.handshake_names = [name.lower() for name in connection.request.headers]
        numbers = itertools.count()
        try:
            for message in connection:
                if isinstance(message, bytes):
                    self.react(connection, message, next(numbers))
                else:
                    self.texts.append(json.loads(message))
        except ConnectionClosed:
            pass
        self.close_codes.append(connection.close_code)
        self.ended.set()


def echo(connection: ServerConnection, frame: bytes, number: int) -> None:
    """Echo every frame."""
    connection.send(frame)


def close(connection: ServerConnection, frame: bytes, number: int) -> None:
    """Echo the first frames, then close the socket."""
    connection.send(frame)
    if number == 3:
        connection.close(1012, "bye")


def vanish(connection: ServerConnection, frame: bytes, number: int) -> None:
    """Echo the first frames, then break the connection."""
    if number == 3:
        connection.socket.shutdown(socket.SHUT_RDWR)
    else:
        connection.send(frame)


StartPeer = Callable[..., EchoPeer]


@contextmanager
def echo_peers() -> Iterator[StartPeer]:
    """Give a function that starts an echo peer in a thread, a good one if no reaction is named."""
    peers: list[tuple[EchoPeer, threading.Thread]] = []

    def start(react: React = echo) -> EchoPeer:
        peer = EchoPeer(react)
        thread = threading.Thread(target=peer.server.serve_forever)
        thread.start()
        peers.append((peer, thread))
        return peer

    try:
        yield start
    finally:
        for peer, thread in peers:
            peer.server.shutdown()
            thread.join()
