"""What `make run` decides before it starts the processes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local_run.environment import local_environment, unknown_names, unused_ports
from voice_simulator.cli.env_file import EnvFile


def test_internal_ports_are_free_ones_unless_given() -> None:
    (port,) = unused_ports(1)
    environment = local_environment({"PORT": port, "WEBHOOKS_PORT": "18000", "ECHO_ENGINE_PORT": ""})
    assert environment["WEBHOOKS_PORT"] == "18000"
    assert environment["ECHO_ENGINE_PORT"] not in ("", port, "8765")


def test_everything_listens_on_this_machine_only() -> None:
    given = {"PORT": unused_ports(1)[0], "CADDY_HOST": "0.0.0.0", "SITE_ADDRESS": "example.com"}
    environment = local_environment(given)
    hosts = ("CADDY_HOST", "WEBHOOKS_HOST", "ECHO_ENGINE_HOST", "PHONE_HOST")
    assert {environment[name] for name in hosts} == {"127.0.0.1"}
    assert environment["SITE_ADDRESS"] == f"http://:{given['PORT']}"


@contextmanager
def taken_port_after_a_free_one() -> Iterator[int]:
    """Listen at a port, and give it; nothing listens at the port before."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = int(taken.getsockname()[1])
            try:
                socket.create_server(("127.0.0.1", port - 1)).close()
            except OSError:
                continue
            yield port
            return


def test_the_phone_gets_the_port_after_the_servers_if_it_is_free() -> None:
    with taken_port_after_a_free_one() as after:
        assert local_environment({"PORT": str(after - 1)})["PHONE_PORT"] != str(after)
    assert local_environment({"PORT": str(after - 1)})["PHONE_PORT"] == str(after)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("SOCKET_ATUH", "SOCKET_ATUH is no setting; did you mean SOCKET_AUTH?"),
        ("Port", "Port is no setting; did you mean PORT?"),
        ("FAVORITE_COLOR", "FAVORITE_COLOR is no setting; .env.example has the list"),
    ],
)
def test_a_misspelled_setting_is_named_with_its_line(name: str, sentence: str) -> None:
    names = ["PORT", "COMPOSE_PROJECT_NAME", name]
    env_file = EnvFile(dict.fromkeys(names, "x"), {name: line for line, name in enumerate(names, 1)}, [])
    assert unknown_names(env_file) == [f".env:3: {sentence}"]
