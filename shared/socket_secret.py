"""The secrets that sign the socket tokens: from a setting, or from a file that the processes create and share."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tempfile
import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, SecretStr

from shared.settings import EnvironmentSettings

SECRET_MIN_BYTES = 32  # the size of HS256's hash (RFC 7518, 3.2)
WAIT_SECONDS = 5.0  # for the other process to create the file


def parse_secrets(text: str) -> tuple[str, ...]:
    """Return the secrets in a text, separated by commas or line ends; raises ValueError if a secret is too short."""
    parts = tuple(part.strip() for part in re.split(r"[,\n]", text) if part.strip())
    if not parts or min(len(part.encode()) for part in parts) < SECRET_MIN_BYTES:
        raise ValueError(f"needs secrets of at least {SECRET_MIN_BYTES} bytes; `openssl rand -hex 32` creates one")
    return parts


def _check_secrets(value: SecretStr) -> SecretStr:
    parse_secrets(value.get_secret_value())
    return value


class SocketAuthSettings(EnvironmentSettings):
    """The settings that protect the socket; both processes need the same values."""

    # `on` requires a token from the webhooks, `vonage` the platform's own signature (shared/vonage_signature.py).
    socket_auth: Literal["on", "vonage", "off"] = "on"
    # The first secret signs, all of them verify. This setting wins over the file.
    socket_secret: Annotated[SecretStr, AfterValidator(_check_secrets)] | None = None
    socket_secret_file: Path = Path(".run/socket-secret")


def load_secrets(settings: SocketAuthSettings) -> tuple[str, ...]:
    """Return the secrets, none unless SOCKET_AUTH is on; raises what `read_secrets` raises."""
    return read_secrets(settings) if settings.socket_auth == "on" else ()


def read_secrets(settings: SocketAuthSettings) -> tuple[str, ...]:
    """Return the secrets; create a missing file with a random secret.

    Raises SystemExit with a message that says what to do.
    """
    if settings.socket_secret is not None:
        return parse_secrets(settings.socket_secret.get_secret_value())
    path = settings.socket_secret_file
    try:
        return parse_secrets(_read_or_create(path))
    except OSError as error:
        advice = "Let this user read it or write to its folder, or set SOCKET_SECRET"
        raise SystemExit(f"SOCKET_SECRET_FILE: can't read or create {path}: {error.strerror}. {advice}.") from None
    except ValueError as error:
        raise SystemExit(f"SOCKET_SECRET_FILE: {path} {error}.") from None


def _read_or_create(path: Path) -> str:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        with contextlib.suppress(FileNotFoundError):
            return path.read_text()
        try:
            _create(path)
        except OSError:  # this process may only read: wait for the other one to create the file
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.1)


def _create(path: Path) -> None:
    """Create the file atomically; keep a file that another process created first."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=path.name, dir=path.parent)  # mode 0600
    try:
        with open(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)
