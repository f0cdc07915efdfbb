"""The peer `gevent-websocket`: an echo as the voice tutorials of the 2010s had it, without their web framework."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from gevent.pywsgi import WSGIServer  # type: ignore[import-untyped]
from geventwebsocket.handler import WebSocketHandler  # type: ignore[import-untyped]


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Send every message back until the peer closes."""
    websocket = environ["wsgi.websocket"]
    while not websocket.closed:
        message = websocket.receive()
        if message is not None:
            websocket.send(message)
    return []


if __name__ == "__main__":
    address = ("127.0.0.1", int(sys.argv[1]))
    WSGIServer(address, echo, backlog=4096, log=None, handler_class=WebSocketHandler).serve_forever()
