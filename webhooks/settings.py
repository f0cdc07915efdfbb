"""The webhooks' settings, from the environment."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from shared.audio import AudioFormat
from shared.logs import LogLevel
from shared.socket_secret import SocketAuthSettings
from webhooks.public_address import parse_public_url

GREETING = "Please wait while we connect you to the echo server"
TALK_MAX_CHARS = 1500  # platform.md, "A call", 3
PRIVATE_NETWORKS = "127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"
LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"  # BCP 47, as far as speech needs it


def _audio_format(value: object) -> object:
    for audio_format in AudioFormat:
        if value in (audio_format, str(audio_format.sample_rate)):
            return audio_format
    raise ValueError("must be 8000, 16000 or 24000 (Hz)")


def _public_url(value: str) -> str:
    parse_public_url(value)
    return value


def _spoken(value: str) -> str:
    if not value.strip():
        raise ValueError("must have words to speak")
    return value


class WebhooksSettings(SocketAuthSettings):
    """What two deployments of the webhooks may differ in; README.md has the table."""

    host: str = Field(default="127.0.0.1", validation_alias="WEBHOOKS_HOST")
    # 0 takes any free port; the log names it.
    port: int = Field(default=8000, validation_alias="WEBHOOKS_PORT", ge=0, le=65535)
    log_level: LogLevel = Field(default="INFO", validation_alias="LOG_LEVEL")
    public_url: Annotated[str, AfterValidator(_public_url)] | None = Field(default=None, validation_alias="PUBLIC_URL")
    audio_format: Annotated[AudioFormat, BeforeValidator(_audio_format)] = Field(
        default=AudioFormat.L16_16000, validation_alias="SAMPLE_RATE"
    )
    greeting: Annotated[str, AfterValidator(_spoken)] = Field(
        default=GREETING, validation_alias="GREETING", max_length=TALK_MAX_CHARS
    )
    greeting_language: str = Field(default="en-US", validation_alias="GREETING_LANGUAGE", pattern=LANGUAGE)
    # Proxies whose X-Forwarded-Proto is believed: addresses and networks by comma, or `*`; gunicorn checks them.
    forwarded_allow_ips: str = Field(default=PRIVATE_NETWORKS, validation_alias="FORWARDED_ALLOW_IPS")
    # How often in a row a call's socket may fail before the call is given up.
    max_attempts: int = Field(default=3, validation_alias="MAX_ATTEMPTS", ge=1, le=100)
    # How long a socket token is good for: the greeting is spoken before the socket opens.
    socket_token_seconds: int = Field(default=300, validation_alias="SOCKET_TOKEN_SECONDS", ge=1, le=7200)
    # The account's signature secret; both names are in use, and one may be set.
    vonage_signature_secret: SecretStr | None = Field(default=None, validation_alias="VONAGE_SIGNATURE_SECRET")
    vonage_api_signature_secret: SecretStr | None = Field(default=None, validation_alias="VONAGE_API_SIGNATURE_SECRET")
    require_signed_webhooks: bool = Field(default=False, validation_alias="REQUIRE_SIGNED_WEBHOOKS")
    strict_get_signature: bool = Field(default=False, validation_alias="STRICT_GET_SIGNATURE")
    # What a signature must name besides, if set.
    vonage_api_key: str | None = Field(default=None, validation_alias="VONAGE_API_KEY")
    vonage_application_id: str | None = Field(default=None, validation_alias="VONAGE_APPLICATION_ID")

    @property
    def signature_secret(self) -> str | None:
        """The secret that the platform signs its requests with, None if they are not signed."""
        secret = self.vonage_signature_secret or self.vonage_api_signature_secret
        return None if secret is None else secret.get_secret_value()

    @model_validator(mode="after")
    def _one_signature_secret(self) -> Self:
        first, second = self.vonage_signature_secret, self.vonage_api_signature_secret
        if first is not None and second is not None and first != second:
            raise ValueError(
                "VONAGE_SIGNATURE_SECRET and VONAGE_API_SIGNATURE_SECRET name one secret, but differ; set one of them"
            )
        if self.require_signed_webhooks and self.signature_secret is None:
            raise ValueError("REQUIRE_SIGNED_WEBHOOKS is set, so VONAGE_SIGNATURE_SECRET is needed")
        return self
