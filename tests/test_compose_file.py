"""docker-compose.yml and .env.example against the settings that the processes have; needs no Docker engine."""

from __future__ import annotations

import json
import subprocess

import pytest
from pydantic_settings import BaseSettings

from echo_engine.settings import EchoEngineSettings
from tests.harness.containers import compose_command, compose_environment
from tests.harness.process import ROOT
from webhooks.settings import WebhooksSettings

SETTINGS: dict[str, type[BaseSettings]] = {"webhooks": WebhooksSettings, "echo-engine": EchoEngineSettings}
IN_THE_IMAGE = {"WEBHOOKS_HOST", "WEBHOOKS_PORT", "ECHO_ENGINE_HOST", "ECHO_ENGINE_PORT"}


def variables(service: str) -> set[str]:
    return {str(field.validation_alias) for field in SETTINGS[service].model_fields.values()} - IN_THE_IMAGE


@pytest.mark.parametrize("service", SETTINGS)
def test_every_setting_reaches_its_container(service: str) -> None:
    command = [*compose_command("any"), "config", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, env=compose_environment(), capture_output=True, text=True, check=True)
    environment = json.loads(done.stdout)["services"][service]["environment"]
    assert environment.keys() == variables(service)


@pytest.mark.parametrize("service", SETTINGS)
def test_every_setting_is_in_the_example(service: str) -> None:
    example = (ROOT / ".env.example").read_text()
    assert {name for name in variables(service) if f"\n# {name}=" not in example} == set()
