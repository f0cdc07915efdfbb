"""The names in `.env`, compared with those that the server knows: a misspelt setting would be ignored in silence."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from echo_engine.settings import EchoEngineSettings
from voice_simulator.cli.env_file import ENV_FILE, EnvFile
from webhooks.settings import WebhooksSettings

FRONT = {"PORT", "SITE_ADDRESS", "NGROK_AUTHTOKEN", "CADDY", "CADDY_HOST", "CADDY_IMAGE", "PYTHON_IMAGE"}
PHONE = {"PHONE_PORT", "PHONE_HOST"}
SIMULATOR = {"ANSWER_URL"}
# Names that other programs read from the same file: compose, Docker, OpenSSL.
FOREIGN_PREFIXES = ("COMPOSE_", "DOCKER_", "SSL_CERT_")


def known_settings() -> set[str]:
    """Return the names of all settings: of the webhooks, of the echo engine, of the front, of the phone."""
    fields = [*WebhooksSettings.model_fields.values(), *EchoEngineSettings.model_fields.values()]
    return FRONT | PHONE | SIMULATOR | {str(field.validation_alias) for field in fields}


def unknown_names(env_file: EnvFile, known: Collection[str]) -> list[str]:
    """Return a sentence for each variable of the file that is no setting, with the nearest name if one is near."""
    sentences = []
    for name in env_file.variables:
        if name in known or name.startswith(FOREIGN_PREFIXES):
            continue
        near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.8)
        meant = f"; did you mean {near[0]}?" if near else "; docs/settings.md has the list"
        sentences.append(f"{ENV_FILE}:{env_file.lines[name]}: {name} is no setting{meant}")
    return sentences
