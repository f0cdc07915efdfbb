"""Bearer tokens: JWTs signed with HS256, the format of both the socket token and the platform's signature."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any

import jwt
from jwt.types import Options

CLOCK_SKEW_SECONDS = 60  # between two hosts
ALGORITHM = "HS256"
LAST_TIME = 2**53  # seconds since 1970; larger numbers, infinity and NaN aren't times

# PyJWT checks only the signature: our callers check the claims, against the time that they pass.
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
    """The check that a token failed. Logs and metrics name it; the sender never learns it."""

    MISSING = "missing"
    MALFORMED = "malformed"
    ALGORITHM = "wrong_algorithm"
    SIGNATURE = "wrong_signature"
    CLAIMS = "wrong_claims"  # a claim is missing, or its type is wrong
    AUDIENCE = "wrong_audience"
    ISSUER = "wrong_issuer"
    EXPIRED = "expired"
    FUTURE = "from_the_future"
    API_KEY = "wrong_api_key"
    APPLICATION = "wrong_application"
    PAYLOAD = "wrong_payload_hash"


class TokenError(Exception):
    """A token to refuse."""

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
    """Return the claims of a token, unchecked; raises TokenError unless one of the secrets signed the token.

    The algorithm must be HS256; the token has no say in it.
    """
    for secret in secrets:
        try:
            claims: dict[str, Any] = jwt.decode(token, secret, [ALGORITHM], _SIGNATURE_ONLY)
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidAlgorithmError:
            raise TokenError(Fault.ALGORITHM) from None
        except (jwt.InvalidTokenError, ValueError):  # ValueError: a character that UTF-8 can't encode
            raise TokenError(Fault.MALFORMED) from None
        return claims
    raise TokenError(Fault.SIGNATURE)


def time_claim(claims: dict[str, Any], name: str) -> float:
    """Return a time from the claims, in seconds since 1970 (RFC 7519, 2, NumericDate); raises TokenError."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LAST_TIME:
        raise TokenError(Fault.CLAIMS)
    return value
