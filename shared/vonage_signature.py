"""The platform's signature: a JWT on webhook requests, and on handshakes that ask for it (docs/platform.md, 7)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.signed_token import CLOCK_SKEW_SECONDS, Fault, TokenError, bearer_token, signed_claims, time_claim

ISSUER = "Vonage"
MAX_AGE_SECONDS = 300
# Claims that a webhook request must have; the platform sometimes leaves the application out.
WEBHOOK_CLAIMS = ("iss", "api_key")


@dataclass(frozen=True, slots=True)
class SignaturePolicy:
    """What a signature must agree with; None for a key or an application accepts any."""

    secret: str
    api_key: str | None = None
    application_id: str | None = None


class SignatureSettings(BaseSettings):
    """The settings that tell the platform's signatures."""

    # Compose passes an unset variable on as an empty one, so an empty variable counts as unset.
    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    # The account's signature secret; the platform's documents use both names. Set one of them.
    vonage_signature_secret: SecretStr | None = Field(default=None, validation_alias="VONAGE_SIGNATURE_SECRET")
    vonage_api_signature_secret: SecretStr | None = Field(default=None, validation_alias="VONAGE_API_SIGNATURE_SECRET")
    # If set, a signature must name this key, and no other application.
    vonage_api_key: str | None = Field(default=None, validation_alias="VONAGE_API_KEY")
    vonage_application_id: str | None = Field(default=None, validation_alias="VONAGE_APPLICATION_ID")

    @property
    def signature_secret(self) -> str | None:
        """The secret that signs the platform's requests; None if no signature can be checked."""
        secret = self.vonage_signature_secret or self.vonage_api_signature_secret
        return None if secret is None else secret.get_secret_value()

    @property
    def signature_policy(self) -> SignaturePolicy | None:
        """What a signature must agree with; None if no signature can be checked."""
        if self.signature_secret is None:
            return None
        return SignaturePolicy(self.signature_secret, self.vonage_api_key, self.vonage_application_id)

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        first, second = self.vonage_signature_secret, self.vonage_api_signature_secret
        if first is not None and second is not None and first != second:
            raise ValueError(
                "VONAGE_SIGNATURE_SECRET and VONAGE_API_SIGNATURE_SECRET name one secret, but differ; set one of them"
            )
        return self


def check_claims(
    policy: SignaturePolicy, authorization: Sequence[str], now: float, *, required: Collection[str] = ()
) -> dict[str, Any]:
    """Return the claims of a fresh signature; raises TokenError if it is forged, too old or from the future.

    `authorization` holds the values of the Authorization headers; `now` is in seconds since 1970. A claim that is not
    required is compared only if it is there.
    """
    claims = signed_claims(bearer_token(authorization), [policy.secret])
    issued_at = time_claim(claims, "iat")
    if now > issued_at + MAX_AGE_SECONDS + CLOCK_SKEW_SECONDS:
        raise TokenError(Fault.EXPIRED)
    if now < issued_at - CLOCK_SKEW_SECONDS:
        raise TokenError(Fault.FUTURE)
    expected = [
        ("iss", ISSUER, Fault.ISSUER),
        ("api_key", policy.api_key, Fault.API_KEY),
        ("application_id", policy.application_id, Fault.APPLICATION),
    ]
    for name, value, fault in expected:
        left_out = claims.get(name) is None and name not in required
        if value is not None and not left_out and claims.get(name) != value:
            raise TokenError(fault)
    return claims
