"""What `make run` decides before it starts the processes."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from run import find_caddy, local_environment, unused_ports

WHEEL = str(Path(sysconfig.get_path("scripts"), "caddy"))


@pytest.mark.parametrize(
    ("prints", "installed_is_taken"),
    [
        ("v2.11.7 h1:abc=", True),
        ("2.12.0", True),
        ("v3.0.0", True),
        ("v2.11.6 h1:abc=", False),
        ("2.6.2", False),
        ("(devel)", False),
    ],
)
def test_an_installed_caddy_is_taken_if_it_is_new_enough(
    prints: str, installed_is_taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "caddy"
    installed.write_text(f"#!/bin/sh\necho '{prints}'\n")
    installed.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_caddy() == (str(installed) if installed_is_taken else WHEEL)


def test_with_no_caddy_installed_the_wheels_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_caddy() == WHEEL


def test_internal_ports_are_free_ones_unless_given() -> None:
    (port,) = unused_ports(1)
    environment = local_environment({"PORT": port, "WEBHOOKS_PORT": "18000", "ECHO_ENGINE_PORT": ""})
    assert environment["WEBHOOKS_PORT"] == "18000"
    assert environment["ECHO_ENGINE_PORT"] not in ("", port, "8765")


def test_all_listen_on_this_machine_only() -> None:
    environment = local_environment(
        {"PORT": unused_ports(1)[0], "CADDY_HOST": "0.0.0.0", "SITE_ADDRESS": "example.com"}
    )
    hosts = {environment[name] for name in ("CADDY_HOST", "WEBHOOKS_HOST", "ECHO_ENGINE_HOST")}
    assert hosts == {"127.0.0.1"}
    assert environment["SITE_ADDRESS"] == f"http://:{environment['PORT']}"


def test_empty_variables_count_as_unset() -> None:
    environment = local_environment({"PORT": unused_ports(1)[0], "PUBLIC_URL": "", "LOG_LEVEL": "DEBUG"})
    assert "PUBLIC_URL" not in environment
    assert environment["LOG_LEVEL"] == "DEBUG"
