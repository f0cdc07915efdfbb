"""The platform's signature on its requests to the webhooks, and on handshakes (platform.md, 7)."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Generator
from urllib.parse import parse_qsl

import httpx2
import jwt


class Signature(httpx2.Auth):
    """Signs requests and handshakes with the account's signature secret."""

    requires_request_body = True

    def __init__(self, secret: str, api_key: str | None = None, application_id: str | None = None) -> None:
        self._secret = secret
        self._account = {"api_key": api_key, "application_id": application_id}

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        payload = request.content if request.method == "POST" else _as_json(request.url.query)
        request.headers["Authorization"] = self._bearer(payload_hash=hashlib.sha256(payload).hexdigest())
        yield request

    def of_handshake(self) -> str:
        """Return the value of the Authorization header for a socket; what the platform claims there is not known."""
        return self._bearer()

    def _bearer(self, **claims: str) -> str:
        claimed = {"iat": int(time.time()), "jti": str(uuid.uuid4()), "iss": "Vonage"} | claims | self._account
        known = {name: value for name, value in claimed.items() if value is not None}
        return f"Bearer {jwt.encode(known, self._secret, 'HS256')}"


def _as_json(query: bytes) -> bytes:
    parameters = dict(parse_qsl(query.decode(), keep_blank_values=True))
    return json.dumps(parameters, ensure_ascii=False, separators=(",", ":")).encode()
