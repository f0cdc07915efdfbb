"""The engine's HTTP side: which request opens a call, and the answers to all the others."""

from __future__ import annotations

from http import HTTPStatus

from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from echo_engine.metrics import Metrics

RETRY_AFTER_SECONDS = 1


def respond(protocol: ServerProtocol, request: Request, metrics: Metrics, max_calls: int) -> Response:
    """Return the answer to a request; status 101 opens a call.

    The path is compared as it was sent, not decoded or normalised, so that no spelling gets past the front's rules.
    """
    path = request.path.partition("?")[0]
    if path == "/socket":
        return _respond_socket(protocol, request, metrics, max_calls)
    if path not in ("/healthz", "/readyz", "/metrics"):
        return protocol.reject(HTTPStatus.NOT_FOUND, "Not found. The echo is at /socket.\n")
    if request.method not in ("GET", "HEAD"):
        response = protocol.reject(HTTPStatus.METHOD_NOT_ALLOWED, "Use GET.\n")
        response.headers["Allow"] = "GET, HEAD"
        return response
    response = _respond_probe(protocol, path, metrics)
    if request.method == "HEAD":
        response.body = b""
    return response


def _respond_socket(protocol: ServerProtocol, request: Request, metrics: Metrics, max_calls: int) -> Response:
    response = protocol.accept(request)
    if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
        return response
    if metrics.draining:
        return _refuse(protocol, "draining")
    if len(metrics.calls_open) >= max_calls:
        return _refuse(protocol, f"full: {max_calls} calls are open")
    return response


def _refuse(protocol: ServerProtocol, reason: str) -> Response:
    response = protocol.reject(HTTPStatus.SERVICE_UNAVAILABLE, f"This engine takes no new calls, it is {reason}.\n")
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _respond_probe(protocol: ServerProtocol, path: str, metrics: Metrics) -> Response:
    if path == "/metrics":
        response = protocol.reject(HTTPStatus.OK, "")
        response.body = metrics.exposition()
        del response.headers["Content-Length"]
        response.headers["Content-Length"] = str(len(response.body))
        return response
    if path == "/readyz" and metrics.draining:
        return protocol.reject(HTTPStatus.SERVICE_UNAVAILABLE, "draining\n")
    return protocol.reject(HTTPStatus.OK, "ok\n")
