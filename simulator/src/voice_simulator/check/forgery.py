"""Signatures as a stranger would make them: wrong in one thing."""

from __future__ import annotations

import secrets
import time
from collections.abc import Generator
from typing import Any

import httpx2
import jwt

from ..vonage.signature import Signature

STRANGERS_SECRET = secrets.token_hex(32)


class Forgery(httpx2.Auth):
    """Signs a request as the platform does, but for one thing; `changes` are claims."""

    requires_request_body = True

    def __init__(self, signature: Signature, secret: str | None, **changes: Any) -> None:
        """Take the platform's signature, and the secret to sign with; None leaves the token without a signature."""
        self._signature = signature
        self._secret = secret
        self._changes = changes

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        next(self._signature.auth_flow(request))
        request.headers["Authorization"] = self._forged(request.headers["Authorization"])
        yield request

    def of_handshake(self) -> str:
        return self._forged(self._signature.of_handshake())

    def _forged(self, authorization: str) -> str:
        token = authorization.removeprefix("Bearer ")
        claims = jwt.decode(token, options={"verify_signature": False}) | self._changes
        if self._secret is None:
            return f"Bearer {jwt.encode(claims, '', 'none')}"
        return f"Bearer {jwt.encode(claims, self._secret, 'HS256')}"


def seconds_ago(seconds: float) -> int:
    """Return the time some seconds ago, as a claim has it."""
    return int(time.time() - seconds)
