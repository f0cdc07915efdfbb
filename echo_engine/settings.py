"""The echo engine's settings, from the environment."""

from __future__ import annotations

from pydantic import Field

from shared.logs import LogLevel
from shared.socket_secret import SocketAuthSettings


class EchoEngineSettings(SocketAuthSettings):
    """What two deployments of the echo engine may differ in; docs/settings.md has the table."""

    host: str = Field(default="127.0.0.1", validation_alias="ECHO_ENGINE_HOST", min_length=1)
    port: int = Field(default=8765, validation_alias="ECHO_ENGINE_PORT", ge=0, le=65535)
    drain_seconds: float = Field(default=20.0, validation_alias="DRAIN_SECONDS", ge=0, allow_inf_nan=False)
    # The platform opens 3 sockets a second for an account (docs/platform.md, 2.5): one is left for new callers. At
    # least 1: docker-compose.yml gives a second of grace for each of MAX_CALLS.
    moves_per_second: float = Field(default=2.0, validation_alias="MOVES_PER_SECOND", ge=1, allow_inf_nan=False)
    max_calls: int = Field(default=2000, validation_alias="MAX_CALLS", ge=1)
    max_message_bytes: int = Field(default=65536, validation_alias="MAX_MESSAGE_BYTES", ge=1024)
    max_echo_lag_ms: int = Field(default=200, validation_alias="MAX_ECHO_LAG_MS", ge=0)
    echo_delay_ms: int = Field(default=0, validation_alias="ECHO_DELAY_MS", ge=0, le=60_000)
    stalled_seconds: float = Field(default=10.0, validation_alias="STALLED_SECONDS", gt=0, allow_inf_nan=False)
    idle_seconds: float = Field(default=60.0, validation_alias="IDLE_SECONDS", gt=0, allow_inf_nan=False)
    log_level: LogLevel = Field(default="INFO", validation_alias="LOG_LEVEL")
