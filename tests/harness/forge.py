"""Socket tokens and signatures, good and forged, made without the code under test."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

SOCKET_SECRET = "the-secret-of-the-sockets-" + "s" * 32
SIGNATURE_SECRET = "the-secret-of-the-webhooks-" + "w" * 32
OTHER_SECRET = "nobody-knows-this-secret-" + "o" * 32
API_KEY, APPLICATION = "a1b2c3d4", "78d335fa-323d-0114-9c3d-d6f0d48968cf"  # of the platform's account and application
HS256 = {"alg": "HS256", "typ": "JWT"}


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def compact(header: dict[str, Any], claims: object, secret: str | None) -> str:
    """Return a token (RFC 7515, 7.1) with an HMAC by the secret, whatever its header says; None leaves it unsigned."""
    text = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
    signature = b"" if secret is None else hmac.digest(secret.encode(), text.encode(), hashlib.sha256)
    return f"{text}.{encoded(signature)}"


def socket_token(*, secret: str | None = SOCKET_SECRET, header: dict[str, Any] = HS256, **changes: Any) -> str:
    """Return a token for the socket, good but for the changed claims; None takes one away."""
    now = int(time.time())
    claims = {"aud": "echo-engine", "call_uuid": "u-1", "conversation_uuid": "CON-1", "iat": now, "exp": now + 300}
    return compact(header, _changed(claims, changes), secret)


def signature(
    payload: bytes, *, secret: str | None = SIGNATURE_SECRET, header: dict[str, Any] = HS256, **changes: Any
) -> str:
    """Return the platform's token for a body, or for the JSON of a query, good but for the changed claims."""
    claims = {
        "iat": int(time.time()),
        "jti": "c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5",
        "iss": "Vonage",
        "payload_hash": hashlib.sha256(payload).hexdigest(),
        "api_key": API_KEY,
        "application_id": APPLICATION,
    }
    return compact(header, _changed(claims, changes), secret)


def _changed(claims: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (claims | changes).items() if value is not None}
