"""Reads a process's settings from the environment once, at start, and reports all mistakes together."""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Settings = TypeVar("Settings", bound=BaseSettings)


class EnvironmentSettings(BaseSettings):
    """Settings from environment variables; a field's variable has the field's name in capitals."""

    # Compose passes unset variables on as empty ones, so an empty variable counts as unset.
    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, alias_generator=str.upper)


def read_settings(cls: type[Settings]) -> Settings:
    """Build the settings class from the environment.

    Raises SystemExit with one message that names every missing or malformed variable.
    """
    try:
        return cls()
    except ValidationError as error:
        raise SystemExit(_explain(error)) from None


def _explain(error: ValidationError) -> str:
    lines = ["These settings are wrong; fix the environment variables and start again:"]
    for problem in error.errors(include_url=False):
        name = ".".join(str(part) for part in problem["loc"]) or "settings"
        # Never the value: it may be a secret.
        lines.append(f"  {name}: {problem['msg']}")
    return "\n".join(lines)
