"""The secrets behind the socket tokens: from a setting, or from a file that the processes share and make themselves."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tempfile
import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_MIN_BYTES = 32  # HS256's own size (RFC 7518, 3.2)
WAIT_SECONDS = 5.0  # for the other process to make the file


def parse_secrets(text: str) -> tuple[str, ...]:
    """Return the secrets in a text, separated by commas or line ends; raises ValueError if one is too short."""
    parts = tuple(part.strip() for part in re.split(r"[,\n]", text) if part.strip())
    if not parts or min(len(part.encode()) for part in parts) < SECRET_MIN_BYTES:
        raise ValueError(f"needs secrets of at least {SECRET_MIN_BYTES} bytes; `openssl rand -hex 32` makes one")
    return parts


def _secret(value: SecretStr) -> SecretStr:
    parse_secrets(value.get_secret_value())
    return value


class SocketAuthSettings(BaseSettings):
    """How the socket is guarded; both processes must be told the same."""

    # An empty variable counts as unset: compose passes those on.
    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    socket_auth: Literal["on", "off"] = Field(default="on", validation_alias="SOCKET_AUTH")
    # The first one signs, all verify. Wins over the file.
    socket_secret: Annotated[SecretStr, AfterValidator(_secret)] | None = Field(
        default=None, validation_alias="SOCKET_SECRET"
    )
    socket_secret_file: Path = Field(default=Path(".run/socket-secret"), validation_alias="SOCKET_SECRET_FILE")


def load_secrets(settings: SocketAuthSettings) -> tuple[str, ...]:
    """Return the secrets, none if SOCKET_AUTH is off; the file is made with a random one if it is missing.

    Raises SystemExit with a message that says what to do.
    """
    if settings.socket_auth == "off":
        return ()
    if settings.socket_secret is not None:
        return parse_secrets(settings.socket_secret.get_secret_value())
    path = settings.socket_secret_file
    try:
        return parse_secrets(_read_or_create(path))
    except OSError as error:
        advice = "Let this user read it, or write to its folder; or set SOCKET_SECRET"
        raise SystemExit(f"SOCKET_SECRET_FILE: can't read or make {path}: {error.strerror}. {advice}.") from None
    except ValueError as error:
        raise SystemExit(f"SOCKET_SECRET_FILE: {path} {error}.") from None


def _read_or_create(path: Path) -> str:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        with contextlib.suppress(FileNotFoundError):
            return path.read_text()
        try:
            _create(path)
        except OSError:  # where this process may only read, the other one makes the file
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.1)


def _create(path: Path) -> None:
    """Make the file, complete from its first moment, unless another process has been faster."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=path.name, dir=path.parent)  # for this user alone (0600)
    try:
        with open(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)
