"""The echo of the original tutorial, without its web framework, and the tutorial's webhooks before it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

from gevent.pywsgi import WSGIServer  # type: ignore[import-untyped]
from geventwebsocket.handler import WebSocketHandler  # type: ignore[import-untyped]


def echo(environ: dict[str, Any]) -> list[bytes]:
    """Send every message back until the peer closes."""
    websocket = environ["wsgi.websocket"]
    while not websocket.closed:
        message = websocket.receive()
        if message is not None:
            websocket.send(message)
    return []


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if "wsgi.websocket" in environ:
        return echo(environ)
    if environ["PATH_INFO"] == "/ncco" and environ["REQUEST_METHOD"] == "GET":
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(ncco(environ["HTTP_HOST"])).encode()]
    if environ["PATH_INFO"] == "/event" and environ["REQUEST_METHOD"] == "POST":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"ok"]
    start_response("404 Not Found", [])
    return []


def ncco(host: str) -> list[dict[str, Any]]:
    endpoint = {"type": "websocket", "uri": f"ws://{host}/socket", "content-type": "audio/l16;rate=16000"}
    return [
        {"action": "talk", "text": "Please wait while we connect you to the echo server"},
        {"action": "connect", "from": "Vonage", "endpoint": [endpoint]},
    ]


WSGIServer(("127.0.0.1", int(sys.argv[1])), application, log=None, handler_class=WebSocketHandler).serve_forever()
