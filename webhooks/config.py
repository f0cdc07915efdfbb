"""The webhooks' settings, from the environment."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.audio import AudioFormat
from shared.logs import LogLevel
from webhooks.address import parse_public_url

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


class WebhooksSettings(BaseSettings):
    """What two deployments of the webhooks may differ in; README.md has the table."""

    # An empty variable counts as unset: compose passes those on.
    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

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
