"""The pages for whoever operates the engine; the front publishes none of them."""

from __future__ import annotations

from http import HTTPStatus

from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from echo_engine.calls import Calls
from echo_engine.metrics import Metrics

PATHS = ("/healthz", "/readyz", "/metrics")


def respond_to_probe(protocol: ServerProtocol, request: Request, calls: Calls, metrics: Metrics) -> Response:
    """Return the page at one of PATHS: 405 for a method that isn't GET or HEAD, 503 at /readyz if none begins."""
    if request.method not in ("GET", "HEAD"):
        response = protocol.reject(HTTPStatus.METHOD_NOT_ALLOWED, "Use GET.\n")
        response.headers["Allow"] = "GET, HEAD"
        return response
    response = _page(protocol, request.path.partition("?")[0], calls, metrics)
    if request.method == "HEAD":
        response.body = b""
    return response


def _page(protocol: ServerProtocol, path: str, calls: Calls, metrics: Metrics) -> Response:
    if path == "/metrics":
        response = protocol.reject(HTTPStatus.OK, "")
        response.body = metrics.exposition()
        del response.headers["Content-Length"]
        response.headers["Content-Length"] = str(len(response.body))
        return response
    if path == "/readyz" and (calls.draining or calls.lateness.refusing):
        return protocol.reject(HTTPStatus.SERVICE_UNAVAILABLE, "draining\n" if calls.draining else "late\n")
    return protocol.reject(HTTPStatus.OK, "ok\n")
