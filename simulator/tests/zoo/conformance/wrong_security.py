"""Members that let strangers in."""

from __future__ import annotations

from typing import Any

import jwt

from simulator.tests.harness.exchange import Request
from simulator.tests.zoo.conformance.application import Application
from simulator.tests.zoo.conformance.member import Member
from simulator.tests.zoo.conformance.named import Named


class UnsignedQuestions(Application):
    def is_signed(self, request: Request) -> bool:
        if request.path == "/webhooks/answer" and "Authorization" not in request.headers:
            return True
        return super().is_signed(request)


class UnsignedEvents(Application):
    def is_signed(self, request: Request) -> bool:
        return request.path == "/webhooks/events" or super().is_signed(request)


class SignatureUnread(Application):
    """It looks at the algorithm, not at the signature."""

    def claims(self, request: Request) -> dict[str, Any] | None:
        token = (request.headers.get("Authorization") or "").removeprefix("Bearer ")
        try:
            if jwt.get_unverified_header(token)["alg"] != "HS256":
                return None
            return jwt.decode(token, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            return None


class AlgorithmOfTheSender(Application):
    def claims(self, request: Request) -> dict[str, Any] | None:
        token = (request.headers.get("Authorization") or "").removeprefix("Bearer ")
        try:
            if jwt.get_unverified_header(token)["alg"] == "none":
                return jwt.decode(token, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            return None
        return super().claims(request)


class AnyAge(Application):
    def is_fresh(self, claims: dict[str, Any]) -> bool:
        return True


class AnyBody(Application):
    def is_of_body(self, claims: dict[str, Any], body: bytes) -> bool:
        return True


class SocketForAll(Application):
    def admit(self, request: Request) -> int | None:
        return None if "Authorization" not in request.headers else super().admit(request)


class SocketForAnyToken(Application):
    def admit(self, request: Request) -> int | None:
        return None if "Authorization" in request.headers else 401


class HostBelieved(Named):
    def socket_uri(self, request: Request) -> str:
        return f"ws://{request.headers['Host']}/socket"


class ForwardedHostBelieved(Application):
    def socket_uri(self, request: Request) -> str:
        return f"ws://{request.headers.get('X-Forwarded-Host') or self.host}/socket"


WRONG_SECURITY = [
    Member("unsigned questions are answered", ("security.unsigned-request",), application=UnsignedQuestions),
    Member("unsigned events are taken", ("security.unsigned-event",), application=UnsignedEvents),
    Member("any signature does", ("security.wrong-secret",), application=SignatureUnread),
    Member("a token may need no signature", ("security.no-algorithm",), application=AlgorithmOfTheSender),
    Member("a token may be old", ("security.old-signature",), application=AnyAge),
    Member("a token may be for another body", ("security.other-body",), application=AnyBody),
    Member("the socket asks nobody", ("security.socket-without-authorization",), application=SocketForAll),
    Member("the socket takes any token", ("security.socket-wrong-authorization",), application=SocketForAnyToken),
    Member("the host is believed", ("security.spoofed-host",), ("deployment.name",), application=HostBelieved),
    Member("a proxy's header is believed", ("security.spoofed-forwarded-host",), application=ForwardedHostBelieved),
]
