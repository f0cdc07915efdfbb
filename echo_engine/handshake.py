"""The engine's HTTP side: which request opens a call, and the answers to all the others."""

from __future__ import annotations

from http import HTTPStatus
from typing import cast

from websockets.exceptions import InvalidMessage
from websockets.http11 import Request, Response
from websockets.protocol import SEND_EOF, State
from websockets.server import ServerProtocol

from echo_engine.admission import NoRoomError, TooManySocketsError
from echo_engine.call_log import log_refusal
from echo_engine.calls import MAX_SOCKETS, Calls, Refusal
from echo_engine.context import Context
from echo_engine.metrics import Metrics
from shared.signed_token import TokenError
from shared.socket_token import CallIdentity

RETRY_AFTER_SECONDS = 1
OPERATORS_PATHS = ("/healthz", "/readyz", "/metrics")  # the front publishes none of them


def receive_head(protocol: ServerProtocol, data: bytes, context: Context) -> tuple[bytes, CallIdentity | None]:
    """Answer a request once the last line of its head is there; return the bytes behind the head, and the call's name.

    The parser gets the lines one by one: it would take WebSocket frames behind the head before the request is
    accepted.
    """
    identity: CallIdentity | None = None
    while data and protocol.state is State.CONNECTING and not protocol.eof_sent:
        line, newline, data = data.partition(b"\n")
        protocol.receive_data(line + newline)
        for request in cast(list[Request], protocol.events_received()):
            response, identity = respond(protocol, request, context)
            protocol.send_response(response)
            if protocol.accept_called and response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
                context.metrics.count_refused_handshake(response.status_code)
            # The parser keeps the request as long as the connection lasts: 2 KB of headers, a token among them.
            request.headers.clear()
    _answer_malformed(protocol)
    return data, identity


def respond(protocol: ServerProtocol, request: Request, context: Context) -> tuple[Response, CallIdentity | None]:
    """Return the answer to a request, and the name of its call; status 101 opens the call.

    The path is compared as it was sent, not decoded or normalised, so that no spelling gets past the front's rules.
    """
    path = request.path.partition("?")[0]
    if path == "/socket":
        return _respond_to_call(protocol, request, context)
    if path in OPERATORS_PATHS:
        return _respond_to_operator(protocol, request, context.calls, context.metrics), None
    return protocol.reject(HTTPStatus.NOT_FOUND, "Not found. The echo is at /socket.\n"), None


def _answer_malformed(protocol: ServerProtocol) -> None:
    """Answer 400 to bytes that are no request of a WebSocket client, such as a request with a body.

    websockets 17 ends the connection without an answer, and a proxy takes that for a server that is down. Held to by
    tests/echo_engine/test_handshake.py, test_bytes_that_are_no_request_get_an_answer.
    """
    if isinstance(protocol.handshake_exc, InvalidMessage) and protocol.writes == [SEND_EOF]:
        response = protocol.reject(HTTPStatus.BAD_REQUEST, "This is no HTTP/1.1 request without a body.\n")
        protocol.writes.insert(0, response.serialize())


def _respond_to_call(
    protocol: ServerProtocol, request: Request, context: Context
) -> tuple[Response, CallIdentity | None]:
    response = protocol.accept(request)
    if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
        return response, None
    try:
        return response, context.admission.admit(request)
    except TokenError as error:
        context.metrics.count_refused_token(error.fault.value)
        log_refusal(protocol, error.fault)
        return _refuse_token(protocol), None
    except TooManySocketsError:
        # No 503: the front would ask the other engines, one after the other.
        return protocol.reject(HTTPStatus.CONFLICT, f"This call has {MAX_SOCKETS} sockets open already.\n"), None
    except NoRoomError as error:
        context.metrics.count_refused_call(error.refusal)
        return _refuse_call(protocol, error.refusal), None


def _refuse_token(protocol: ServerProtocol) -> Response:
    response = protocol.reject(HTTPStatus.UNAUTHORIZED, "The token that the answer webhook gave out is needed.\n")
    response.headers["WWW-Authenticate"] = 'Bearer realm="socket"'
    return response


def _refuse_call(protocol: ServerProtocol, refusal: Refusal) -> Response:
    response = protocol.reject(HTTPStatus.SERVICE_UNAVAILABLE, f"This engine takes no new calls: {refusal.value}.\n")
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _respond_to_operator(protocol: ServerProtocol, request: Request, calls: Calls, metrics: Metrics) -> Response:
    """Return an operators' page: 405 for a method that isn't GET or HEAD, 503 at /readyz if no call can begin."""
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
