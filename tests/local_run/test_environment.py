"""What `make run` decides before it starts the processes."""

from __future__ import annotations

from local_run.environment import local_environment, unused_ports


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
