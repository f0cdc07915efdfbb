"""Bearer tokens (JWT signed with HS256): what the socket's and the platform's have in common."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any

import jwt
from jwt.types import Options

CLOCK_SKEW_SECONDS = 60  # how far the clocks of two hosts may be apart
ALGORITHM = "HS256"
LAST_TIME = 2**53  # NaN and infinity are no times either

# What the claims mean is checked by the caller, against the time that it is given.
_SIGNATURE_ONLY: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


class Fault(enum.Enum):
    """Which check a token failed: for the log and the metrics, never for whoever sent it."""

    MISSING = "missing"
    MALFORMED = "malformed"
    ALGORITHM = "wrong_algorithm"
    SIGNATURE = "wrong_signature"
    CLAIMS = "wrong_claims"  # one is missing or of a wrong type
    AUDIENCE = "wrong_audience"
    ISSUER = "wrong_issuer"
    EXPIRED = "expired"
    FUTURE = "from_the_future"
    API_KEY = "wrong_api_key"
    APPLICATION = "wrong_application"
    PAYLOAD = "wrong_payload_hash"


class TokenError(Exception):
    """A token that must be refused."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def bearer_token(authorization: Sequence[str]) -> str:
    """Return the token in the values of a request's Authorization headers (RFC 6750, 2.1); raises TokenError."""
    if not authorization:
        raise TokenError(Fault.MISSING)
    scheme, _, token = authorization[0].strip().partition(" ")
    if len(authorization) > 1 or scheme.lower() != "bearer":
        raise TokenError(Fault.MALFORMED)
    return token.strip()


def signed_claims(token: str, secrets: Sequence[str]) -> dict[str, Any]:
    """Return the claims of a token that one of the secrets signed, none of them checked; raises TokenError.

    HS256 alone is believed, whatever algorithm the token names.
    """
    for secret in secrets:
        try:
            claims: dict[str, Any] = jwt.decode(token, secret, [ALGORITHM], _SIGNATURE_ONLY)
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidAlgorithmError:
            raise TokenError(Fault.ALGORITHM) from None
        except (jwt.InvalidTokenError, ValueError):  # ValueError: characters that UTF-8 doesn't have
            raise TokenError(Fault.MALFORMED) from None
        return claims
    raise TokenError(Fault.SIGNATURE)


def time_claim(claims: dict[str, Any], name: str) -> float:
    """Return a claim that is a time, in seconds since 1970 (RFC 7519, 2, NumericDate); raises TokenError."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LAST_TIME:
        raise TokenError(Fault.CLAIMS)
    return value
