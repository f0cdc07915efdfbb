"""The platform's signature: a JWT on webhook requests, and on handshakes that ask for it (platform.md, 7)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, SecretStr, model_validator

from shared.settings import EnvironmentSettings
from shared.signed_token import CLOCK_SKEW_SECONDS, Fault, TokenError, bearer_token, signed_claims, time_claim

ISSUER = "Vonage"
MAX_AGE_SECONDS = 300
# Required claims of a webhook request; the platform sometimes omits the application.
WEBHOOK_CLAIMS = ("iss", "api_key")


@dataclass(frozen=True, slots=True)
class SignaturePolicy:
    """What a signature must match; None for a key or an application accepts any."""

    secret: str
    api_key: str | None = None
    application_id: str | None = None


def _read_secret(value: object) -> object:
    """Return the secret in the file of this name; raises ValueError if there is none."""
    path = Path(str(value))
    try:
        secret = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ValueError(f"can't read {path}: {why}; let this user read it, or set VONAGE_SIGNATURE_SECRET") from None
    if not secret:
        raise ValueError(f"{path} is empty; write the account's signature secret into it")
    return secret


class SignatureSettings(EnvironmentSettings):
    """The settings that check the platform's signatures."""

    # The account's signature secret. The platform's documents use both names; the file holds the same secret.
    vonage_signature_secret: SecretStr | None = None
    vonage_api_signature_secret: SecretStr | None = None
    vonage_signature_secret_file: Annotated[SecretStr, BeforeValidator(_read_secret)] | None = None
    # If set, a signature must name this key, and must not name another application.
    vonage_api_key: str | None = None
    vonage_application_id: str | None = None

    @property
    def signature_secret(self) -> str | None:
        """The secret that signs the platform's requests; None if no signature can be checked."""
        return next((secret.get_secret_value() for secret in self._signature_secrets()), None)

    @property
    def signature_policy(self) -> SignaturePolicy | None:
        """What a signature must match; None if no signature can be checked."""
        secret = self.signature_secret
        return None if secret is None else SignaturePolicy(secret, self.vonage_api_key, self.vonage_application_id)

    @model_validator(mode="after")
    def _signature_secrets_agree(self) -> Self:
        if len(set(self._signature_secrets())) > 1:
            raise ValueError(
                "VONAGE_SIGNATURE_SECRET, VONAGE_API_SIGNATURE_SECRET and the content of VONAGE_SIGNATURE_SECRET_FILE"
                " differ; they are names of the same secret, so set only one"
            )
        return self

    def _signature_secrets(self) -> list[SecretStr]:
        named = self.vonage_signature_secret, self.vonage_api_signature_secret, self.vonage_signature_secret_file
        return [secret for secret in named if secret is not None]


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
