"""The engine's HTTP side: which request opens a call, and the answers to all the others."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from websockets.exceptions import InvalidMessage
from websockets.http11 import Request, Response
from websockets.protocol import SEND_EOF, State
from websockets.server import ServerProtocol

from echo_engine.call_log import log_refusal
from echo_engine.metrics import Metrics
from echo_engine.watchdog import Limits
from shared.signed_token import TokenError, bearer_token
from shared.socket_token import CallIdentity, verify_token

RETRY_AFTER_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Door:
    """What decides which calls get in."""

    metrics: Metrics
    limits: Limits
    secrets: tuple[str, ...]  # of the tokens; none: everyone may come in
    clock: Callable[[], float] = time.time

    def identify(self, request: Request) -> CallIdentity | None:
        """Return which call a request's token is for, None where none is asked for; raises TokenError."""
        if not self.secrets:
            return None
        return verify_token(bearer_token(request.headers.get_all("Authorization")), self.secrets, self.clock())


def receive_head(protocol: ServerProtocol, data: bytes, door: Door) -> tuple[bytes, CallIdentity | None]:
    """Answer a request, once the last line of its head is there; return the bytes behind it, and which call it is for.

    The lines are fed one by one: the parser would take frames behind the head before the request is accepted.
    """
    identity: CallIdentity | None = None
    while data and protocol.state is State.CONNECTING and not protocol.eof_sent:
        line, newline, data = data.partition(b"\n")
        protocol.receive_data(line + newline)
        for request in protocol.events_received():
            response, identity = respond(protocol, cast(Request, request), door)
            protocol.send_response(response)
            if protocol.accept_called and response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
                door.metrics.handshakes_refused[str(response.status_code)] += 1
    if isinstance(protocol.handshake_exc, InvalidMessage) and protocol.writes == [SEND_EOF]:
        # The library hangs up without a word, which a proxy takes for a server that is down.
        protocol.writes.insert(0, _refuse_malformed(protocol).serialize())
    return data, identity


def respond(protocol: ServerProtocol, request: Request, door: Door) -> tuple[Response, CallIdentity | None]:
    """Return the answer to a request, and which call it is for; status 101 opens the call.

    The path is compared as it was sent, not decoded or normalised, so that no spelling gets past the front's rules.
    """
    path = request.path.partition("?")[0]
    if path == "/socket":
        return _respond_socket(protocol, request, door)
    if path not in ("/healthz", "/readyz", "/metrics"):
        return protocol.reject(HTTPStatus.NOT_FOUND, "Not found. The echo is at /socket.\n"), None
    if request.method not in ("GET", "HEAD"):
        response = protocol.reject(HTTPStatus.METHOD_NOT_ALLOWED, "Use GET.\n")
        response.headers["Allow"] = "GET, HEAD"
        return response, None
    response = _respond_probe(protocol, path, door.metrics)
    if request.method == "HEAD":
        response.body = b""
    return response, None


def _refuse_malformed(protocol: ServerProtocol) -> Response:
    """Return the answer to what is no HTTP request of a WebSocket client, such as one with a body."""
    return protocol.reject(HTTPStatus.BAD_REQUEST, "This is no HTTP/1.1 request without a body.\n")


def _respond_socket(protocol: ServerProtocol, request: Request, door: Door) -> tuple[Response, CallIdentity | None]:
    response = protocol.accept(request)
    if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
        return response, None
    try:
        identity = door.identify(request)
    except TokenError as error:
        door.metrics.tokens_refused[error.fault.value] += 1
        log_refusal(protocol, error.fault)
        return _refuse_token(protocol), None
    if door.metrics.draining:
        return _refuse_call(protocol, "draining"), None
    if len(door.metrics.calls_open) >= door.limits.max_calls:
        return _refuse_call(protocol, f"full: {door.limits.max_calls} calls are open"), None
    return response, identity


def _refuse_token(protocol: ServerProtocol) -> Response:
    response = protocol.reject(HTTPStatus.UNAUTHORIZED, "The token that the answer webhook gave out is needed.\n")
    response.headers["WWW-Authenticate"] = 'Bearer realm="socket"'
    return response


def _refuse_call(protocol: ServerProtocol, reason: str) -> Response:
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
