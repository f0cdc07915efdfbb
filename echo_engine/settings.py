"""The echo engine's settings, from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from shared.audio import FRAME_MS
from shared.logs import LogLevel
from shared.socket_secret import SocketAuthSettings
from shared.vonage_signature import SignaturePolicy, SignatureSettings


class EchoEngineSettings(SocketAuthSettings, SignatureSettings):
    """What two deployments of the echo engine may differ in; docs/settings.md has the table."""

    host: str = Field(default="127.0.0.1", validation_alias="ECHO_ENGINE_HOST", min_length=1)
    port: int = Field(default=8765, validation_alias="ECHO_ENGINE_PORT", ge=0, le=65535)
    drain_seconds: float = Field(default=20.0, ge=0, allow_inf_nan=False)
    # The platform opens 3 sockets a second for an account (platform.md, 2.5): one is left for new callers.
    moves_per_second: float = Field(default=2.0, ge=1, allow_inf_nan=False)
    max_calls: int = Field(default=650, ge=1)
    # An engine whose loop is later than this, for two seconds in a row, takes no more calls; 0 takes them all the same.
    max_lateness_ms: int = Field(default=20, ge=0)
    max_echo_lag_ms: int = Field(default=200, ge=0)
    echo_delay_ms: int = Field(default=0, ge=0, le=60_000)
    # Of the 512 MB that docker-compose.yml gives an engine; calls without a delay take up to 90.
    delay_memory_mb: int = Field(default=256, ge=0)
    idle_seconds: float = Field(default=60.0, gt=0, allow_inf_nan=False)
    log_level: LogLevel = "INFO"
    log_folder: Path | None = None  # log lines go there, too

    @property
    def delay_frames(self) -> int:
        """The delay of the echo in frames, until a key says otherwise."""
        return self.echo_delay_ms // FRAME_MS

    @property
    def handshake_policy(self) -> SignaturePolicy | None:
        """What the platform's signature of a handshake must agree with; None if SOCKET_AUTH wants no such signature."""
        return self.signature_policy if self.socket_auth == "vonage" else None

    @model_validator(mode="after")
    def _signatures_can_be_checked(self) -> Self:
        if self.socket_auth == "vonage" and self.signature_secret is None:
            raise ValueError("SOCKET_AUTH is vonage, so VONAGE_SIGNATURE_SECRET is needed")
        return self
