"""The webhooks' settings, from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from shared.audio import AudioFormat
from shared.logs import LogLevel
from shared.socket_secret import SocketAuthSettings
from shared.vonage_signature import SignatureSettings
from webhooks.public_address import parse_public_url

WAIT_TEXT = "One moment please"
GREETING = "Please wait while we connect you to the echo server"
TALK_MAX_CHARS = 1500  # platform.md, 2.2
PRIVATE_NETWORKS = "127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"
LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"  # the part of BCP 47 that names spoken languages


def _parse_audio_format(value: object) -> object:
    for audio_format in AudioFormat:
        if value in (audio_format, str(audio_format.sample_rate)):
            return audio_format
    raise ValueError("must be 8000, 16000 or 24000 (Hz)")


def _check_public_url(value: str) -> str:
    parse_public_url(value)
    return value


def _check_spoken(value: str) -> str:
    if not value.strip():
        raise ValueError("must contain words to speak")
    return value


class WebhooksSettings(SocketAuthSettings, SignatureSettings):
    """The settings in which two deployments of the webhooks may differ; docs/settings.md has the table."""

    host: str = Field(default="127.0.0.1", validation_alias="WEBHOOKS_HOST")
    # 0 takes any free port; gunicorn's log names it.
    port: int = Field(default=8000, validation_alias="WEBHOOKS_PORT", ge=0, le=65535)
    log_level: LogLevel = "INFO"
    log_folder: Path | None = None  # log lines also go there
    engines: int = Field(default=0, ge=0)  # that should run, for an alert; 0 if unknown
    public_url: Annotated[str, AfterValidator(_check_public_url)] | None = None
    audio_format: Annotated[AudioFormat, BeforeValidator(_parse_audio_format)] = Field(
        default=AudioFormat.L16_16000, validation_alias="SAMPLE_RATE"
    )
    greeting: Annotated[str, AfterValidator(_check_spoken)] = Field(default=GREETING, max_length=TALK_MAX_CHARS)
    wait_text: Annotated[str, AfterValidator(_check_spoken)] = Field(default=WAIT_TEXT, max_length=TALK_MAX_CHARS)
    greeting_language: str = Field(default="en-US", pattern=LANGUAGE)
    # Proxies to trust with X-Forwarded-Proto and X-Forwarded-For: addresses and networks, separated by commas, or `*`.
    # Gunicorn reads the variable too, before the settings are read, and refuses a malformed one.
    forwarded_allow_ips: str = PRIVATE_NETWORKS
    # The connects of one process; replicas divide the account's limit (platform.md, 2.5). 0 turns pacing off.
    connects_per_second: float = Field(default=3.0, ge=0, le=1000, allow_inf_nan=False)
    # Without a signature secret: answers a second, in all and per address. A burst may use a minute's worth.
    unsigned_answers_per_second: float = Field(default=10.0, ge=0, le=1000, allow_inf_nan=False)
    unsigned_answers_per_address: float = Field(default=5.0, ge=0, le=1000, allow_inf_nan=False)
    # Seconds without a socket until a call is given up; waits for a slot don't count.
    give_up_seconds: float = Field(default=30.0, gt=0, allow_inf_nan=False)
    require_signed_webhooks: bool = False

    @property
    def needs_secrets(self) -> bool:
        """Whether SOCKET_SECRET is needed: it signs tokens, and event URLs where the platform signs nothing."""
        return self.socket_auth == "on" or self.signature_secret is None

    @model_validator(mode="after")
    def _check_signature_secret(self) -> Self:
        if self.require_signed_webhooks and self.signature_secret is None:
            raise ValueError("REQUIRE_SIGNED_WEBHOOKS is set, so VONAGE_SIGNATURE_SECRET is needed")
        return self
