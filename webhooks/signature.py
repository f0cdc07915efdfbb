"""The platform's signature of a webhook request, with the hash of what was sent (platform.md, 7)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from shared.vonage_signature import WEBHOOK_CLAIMS, SignaturePolicy, check_claims


def check_signature(policy: SignaturePolicy, authorization: Sequence[str], payload: bytes, now: float) -> bool:
    """Return whether the signature is for this payload; raises TokenError if it is forged, too old or from the future.

    `authorization` holds the values of the Authorization headers; `now` is in seconds since 1970.
    """
    claims = check_claims(policy, authorization, now, required=WEBHOOK_CLAIMS)
    return _is_hash_of(claims.get("payload_hash"), payload)


def query_payload(query: bytes) -> bytes:
    """Return what the platform hashes for a GET: one compact JSON object of the parameters, in the order received."""
    parameters = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    return json.dumps(parameters, ensure_ascii=False, separators=(",", ":")).encode()


def _is_hash_of(claim: Any, payload: bytes) -> bool:
    expected = hashlib.sha256(payload).hexdigest()
    return isinstance(claim, str) and hmac.compare_digest(claim.encode(errors="replace"), expected.encode())
