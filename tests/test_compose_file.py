"""docker-compose.yml and .env.example against the settings that the processes have; needs no Docker engine."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from annotated_types import Ge
from pydantic_settings import BaseSettings

from echo_engine.settings import EchoEngineSettings
from tests.harness.containers import compose_command, compose_environment
from tests.harness.process import ROOT
from webhooks.settings import WebhooksSettings

SETTINGS: dict[str, type[BaseSettings]] = {"webhooks": WebhooksSettings, "echo-engine": EchoEngineSettings}
# A container has its own address, and the socket secret's file on a volume; compose mounts no other secret.
SECRET_FILES = {"SOCKET_SECRET_FILE", "VONAGE_SIGNATURE_SECRET_FILE"}
FIXED = {"WEBHOOKS_HOST", "WEBHOOKS_PORT", "ECHO_ENGINE_HOST", "ECHO_ENGINE_PORT"} | SECRET_FILES


def names(settings: type[BaseSettings]) -> set[str]:
    return {str(field.validation_alias) for field in settings.model_fields.values()} - FIXED


def services(*options: str, **settings: str) -> Any:
    """Return the services as compose understands them."""
    command = [*compose_command("any"), *options, "config", "--format", "json"]
    environment = compose_environment(**settings)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert not done.stderr
    return json.loads(done.stdout)["services"]


@pytest.mark.parametrize("service", SETTINGS)
def test_every_setting_reaches_its_container(service: str) -> None:
    assert services()[service]["environment"].keys() == names(SETTINGS[service])


@pytest.mark.parametrize("service", SETTINGS)
def test_every_setting_is_in_the_example(service: str) -> None:
    example = (ROOT / ".env.example").read_text()
    assert {name for name in names(SETTINGS[service]) if f"\n# {name}=" not in example} == set()


def test_the_base_images_are_the_official_ones_unless_others_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("PYTHON_IMAGE", "CADDY_IMAGE"):
        monkeypatch.delenv(variable, raising=False)
    everything = services("--profile", "*")
    caddy, *ours = (everything[name]["build"] for name in ("caddy", "webhooks", "echo-engine", "simulator", "phone"))
    assert [build["args"] for build in ours] == [{"PYTHON_IMAGE": "python:3.13-slim"}] * 4
    assert caddy["dockerfile_inline"].startswith("FROM caddy:2\n")


def test_ngrok_comes_with_its_profile_only() -> None:
    assert "ngrok" not in services()
    ngrok = services("--profile", "ngrok", NGROK_AUTHTOKEN="secret", PORT="4000")["ngrok"]
    assert ngrok["command"][-1] == "caddy:4000"
    assert ngrok["environment"] == {"NGROK_AUTHTOKEN": "secret"}
    assert "ports" not in ngrok


def test_the_simulator_comes_with_its_profiles_only_and_calls_the_front() -> None:
    assert not {"simulator", "phone"} & services().keys()
    simulator = services("--profile", "simulator", PORT="4000", VONAGE_SIGNATURE_SECRET="secret")["simulator"]
    assert simulator["command"] is None  # whoever runs it names one
    assert simulator["environment"]["ANSWER_URL"] == "http://caddy:4000/webhooks/answer"
    assert simulator["environment"]["VONAGE_SIGNATURE_SECRET"] == "secret"
    other = services("--profile", "simulator", ANSWER_URL="https://example.com/answer")["simulator"]
    assert other["environment"]["ANSWER_URL"] == "https://example.com/answer"
    assert "ports" not in other


def test_the_phone_is_published_to_this_machine_alone() -> None:
    phone = services("--profile", "phone", PORT="4000", PHONE_PORT="4001")["phone"]
    assert phone["command"] == ["phone"]
    assert [(port["host_ip"], port["published"], port["target"]) for port in phone["ports"]] == [
        ("127.0.0.1", "4001", 4001)
    ]
    environment = phone["environment"]
    assert (environment["PHONE_HOST"], environment["PHONE_PORT"]) == ("0.0.0.0", "4001")
    assert environment["ANSWER_URL"] == "http://caddy:4000/webhooks/answer"


def test_every_service_of_ours_is_hardened_alike() -> None:
    for name, service in services("--profile", "*").items():
        if "build" not in service:  # it is somebody else's
            continue
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}, name
        assert int(service["mem_limit"]) <= 1280 << 20, name
        assert service["pids_limit"] <= 256, name


def test_a_domain_name_is_served_on_its_port() -> None:
    caddy = services(SITE_ADDRESS="echo.example.com", PORT="443")["caddy"]
    assert caddy["environment"] == {"SITE_ADDRESS": "echo.example.com"}
    assert [(port["published"], port["target"]) for port in caddy["ports"]] == [("443", 443)]


def test_a_replica_gets_its_drain_a_second_a_call_and_ten_seconds_more() -> None:
    engine = services(DRAIN_SECONDS="7200", MAX_CALLS="30")["echo-engine"]
    assert engine["stop_grace_period"] == "2h0m40s"


def test_the_slowest_drain_that_settings_allow_fits_into_the_grace() -> None:
    slowest = EchoEngineSettings.model_fields["moves_per_second"].metadata[0]
    assert slowest == Ge(1)  # the grace is of a second for each call
    assert services()["echo-engine"]["stop_grace_period"] == "17m10s"


def test_the_front_has_descriptors_for_eight_full_engines_and_memory_for_all_descriptors() -> None:
    caddy, calls = services()["caddy"], 8 * int(EchoEngineSettings.model_fields["max_calls"].default)
    descriptors = caddy["ulimits"]["nofile"]
    assert descriptors >= 2 * calls + 4000
    assert int(caddy["mem_limit"]) >= calls * 120_000 + (descriptors - 2 * calls) * 35_000
