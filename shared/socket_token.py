"""The socket token: the webhooks create it for one call, and the echo engine checks it to admit that call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jwt

from shared.signed_token import ALGORITHM, CLOCK_SKEW_SECONDS, Fault, TokenError, signed_claims, time_claim

AUDIENCE = "echo-engine"


@dataclass(frozen=True, slots=True)
class CallIdentity:
    """The call that a token is for."""

    call_uuid: str
    conversation_uuid: str | None = None


def mint_token(identity: CallIdentity, secrets: Sequence[str], now: float, lifetime: float) -> str:
    """Return a token for one call, signed with the first secret.

    `now` is in seconds since 1970, `lifetime` in seconds.
    """
    claims = {"aud": AUDIENCE, "call_uuid": identity.call_uuid, "iat": int(now), "exp": int(now + lifetime)}
    if identity.conversation_uuid is not None:
        claims["conversation_uuid"] = identity.conversation_uuid
    return jwt.encode(claims, secrets[0], ALGORITHM)


def verify_token(token: str, secrets: Sequence[str], now: float) -> CallIdentity:
    """Return the call that a token is for; raises TokenError unless a secret signed it and it is valid at `now`."""
    claims = signed_claims(token, secrets)
    if claims.get("aud") != AUDIENCE:
        raise TokenError(Fault.AUDIENCE)
    if now > time_claim(claims, "exp") + CLOCK_SKEW_SECONDS:
        raise TokenError(Fault.EXPIRED)
    if now < time_claim(claims, "iat") - CLOCK_SKEW_SECONDS:
        raise TokenError(Fault.FUTURE)
    call_uuid, conversation_uuid = claims.get("call_uuid"), claims.get("conversation_uuid")
    if not isinstance(call_uuid, str) or not isinstance(conversation_uuid, str | None):
        raise TokenError(Fault.CLAIMS)
    return CallIdentity(call_uuid, conversation_uuid)
