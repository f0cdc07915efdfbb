"""The platform's signature on its requests to the webhooks (docs/platform.md, 7)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from shared.signed_token import CLOCK_SKEW_SECONDS, Fault, TokenError, bearer_token, signed_claims, time_claim

ISSUER = "Vonage"
MAX_AGE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class SignaturePolicy:
    """What a signature must agree with; None for a key or an application accepts any."""

    secret: str
    api_key: str | None = None
    application_id: str | None = None


def check_signature(policy: SignaturePolicy, authorization: Sequence[str], payload: bytes, now: float) -> bool:
    """Return whether the signature is for this payload; raises TokenError if it is forged, too old or from the future.

    `authorization` holds the values of the Authorization headers; `now` is in seconds since 1970.
    """
    claims = signed_claims(bearer_token(authorization), [policy.secret])
    if claims.get("iss") != ISSUER:
        raise TokenError(Fault.ISSUER)
    issued_at = time_claim(claims, "iat")
    if now > issued_at + MAX_AGE_SECONDS + CLOCK_SKEW_SECONDS:
        raise TokenError(Fault.EXPIRED)
    if now < issued_at - CLOCK_SKEW_SECONDS:
        raise TokenError(Fault.FUTURE)
    if policy.api_key is not None and claims.get("api_key") != policy.api_key:
        raise TokenError(Fault.API_KEY)
    # The platform sometimes leaves the application out.
    if policy.application_id is not None and claims.get("application_id") not in (None, policy.application_id):
        raise TokenError(Fault.APPLICATION)
    return _is_hash_of(claims.get("payload_hash"), payload)


def query_payload(query: bytes) -> bytes:
    """Return what the platform hashes for a GET: one compact JSON object of the parameters, in the order received."""
    parameters = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    return json.dumps(parameters, ensure_ascii=False, separators=(",", ":")).encode()


def _is_hash_of(claim: Any, payload: bytes) -> bool:
    expected = hashlib.sha256(payload).hexdigest()
    return isinstance(claim, str) and hmac.compare_digest(claim.encode(errors="replace"), expected.encode())
