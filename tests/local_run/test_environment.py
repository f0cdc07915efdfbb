"""What `make run` decides before it starts the processes."""

from __future__ import annotations

import pytest

from local_run.environment import local_environment, unused_ports
from tests.harness.local_run import taken_port_behind_a_free_one


def test_internal_ports_are_free_ones_unless_given() -> None:
    (port,) = unused_ports(1)
    environment = local_environment({"PORT": port, "WEBHOOKS_PORT": "18000", "ECHO_ENGINE_PORT": ""})
    assert environment["WEBHOOKS_PORT"] == "18000"
    assert environment["ECHO_ENGINE_PORT"] not in ("", port, "8765")


def test_all_listen_on_this_machine_only() -> None:
    environment = local_environment(
        {"PORT": unused_ports(1)[0], "CADDY_HOST": "0.0.0.0", "SITE_ADDRESS": "example.com"}
    )
    hosts = {environment[name] for name in ("CADDY_HOST", "WEBHOOKS_HOST", "ECHO_ENGINE_HOST", "PHONE_HOST")}
    assert hosts == {"127.0.0.1"}
    assert environment["SITE_ADDRESS"] == f"http://:{environment['PORT']}"


def test_empty_variables_count_as_unset() -> None:
    environment = local_environment({"PORT": unused_ports(1)[0], "PUBLIC_URL": "", "LOG_LEVEL": "DEBUG"})
    assert "PUBLIC_URL" not in environment
    assert environment["LOG_LEVEL"] == "DEBUG"


def test_the_phone_has_the_port_behind_the_front_unless_it_is_given() -> None:
    port, given = unused_ports(2)
    assert local_environment({"PORT": port, "PHONE_PORT": given})["PHONE_PORT"] == given
    with taken_port_behind_a_free_one() as before:
        assert "PHONE_PORT" not in local_environment({"PORT": str(before)})
    assert local_environment({"PORT": str(before)})["PHONE_PORT"] == str(before + 1)


def test_behind_the_last_port_there_is_none_for_the_phone() -> None:
    assert "PHONE_PORT" not in local_environment({"PORT": "65535"})


def test_a_port_that_was_given_to_the_phone_must_be_one() -> None:
    with pytest.raises(SystemExit, match="PHONE_PORT is 'http'; it must be a number from 1 to 65535"):
        local_environment({"PORT": unused_ports(1)[0], "PHONE_PORT": "http"})
