"""The key in a connect's event URL: it shows that the call is one that these webhooks have answered."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

KEY_BYTES = 16
MAX_NAMES = 2  # of a call


def make_key(names: Sequence[str], secrets: Sequence[str]) -> str:
    """Return the key of a call, made with the first secret.

    The names are the call's uuid and its conversation's: some events bring only one of them.
    """
    return ".".join(_key(name, secrets[0]) for name in names)


def fits(key: str | None, name: str, secrets: Sequence[str]) -> bool:
    """Return whether a key is that of the call with this name, made with one of the secrets."""
    parts = [part.encode(errors="replace") for part in (key or "").split(".")[:MAX_NAMES]]
    return any(hmac.compare_digest(part, _key(name, secret).encode()) for part in parts for secret in secrets)


def _key(name: str, secret: str) -> str:
    # The same secret signs the socket tokens. No token begins so, for a token begins with its header.
    digest = hmac.digest(secret.encode(), f"event {name}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:KEY_BYTES]).rstrip(b"=").decode()
