"""The settings of the processes: ports, addresses, and where their programs are."""

import difflib
import itertools
import os
import random
import re
import socket
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from voice_simulator.cli.env_file import ENV_FILE, EnvFile

LOCAL = "127.0.0.1"  # the front too; ngrok on this machine reaches it, the network doesn't
EXAMPLE = Path(__file__).parents[1] / ".env.example"


def local_environment(given: Mapping[str, str | None]) -> dict[str, str]:
    """Return what was given, and where each process listens. Raises SystemExit if a given port can't be used."""
    environment = {"PORT": "3000"} | {name: value for name, value in given.items() if value}
    for name in {"PORT", "PHONE_PORT"} & environment.keys():
        if problem := _problem(environment[name]):
            raise SystemExit(f"{name}={environment[name]} can't be used: {problem}. Choose another port: {name}=4000")
    webhooks_port, echo_engine_port, phone_port = unused_ports(3)
    if not _problem(after := str(int(environment["PORT"]) + 1)):
        phone_port = after
    scripts = sysconfig.get_path("scripts")
    return (
        {"WEBHOOKS_PORT": webhooks_port, "ECHO_ENGINE_PORT": echo_engine_port, "PHONE_PORT": phone_port}
        | environment
        | {"CADDY_HOST": LOCAL, "WEBHOOKS_HOST": LOCAL, "ECHO_ENGINE_HOST": LOCAL, "PHONE_HOST": LOCAL}
        | {"CADDY": f"{scripts}/caddy", "SITE_ADDRESS": f"http://:{environment['PORT']}", "XDG_DATA_HOME": ".run"}
        | {"PATH": f"{scripts}:{environment.get('PATH', os.defpath)}"}
    )


def _problem(port: str) -> str | None:
    """Return why a port can't be listened on, or None if it can."""
    if not re.fullmatch("[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        return "a port is a number from 1 to 65535"
    try:
        socket.create_server((LOCAL, int(port))).close()
    except OSError as error:
        return os.strerror(error.errno or 0)
    return None


def unused_ports(count: int) -> list[str]:
    """Return ports that nothing listens on now, below those that systems give to outgoing connections.

    A port among those could be taken before its process listens.
    """
    ports = (str(port) for port in random.sample(range(20_000, 32_768), 1000))
    return list(itertools.islice((port for port in ports if not _problem(port)), count))


def unknown_names(env_file: EnvFile) -> list[str]:
    """Return a sentence for each variable of `.env` that is no setting: it would be ignored in silence."""
    known = re.findall("^# ([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE)
    sentences = []
    for name in (
        name for name in env_file.variables if name not in known and not re.match("COMPOSE_|DOCKER_|SSL_CERT_", name)
    ):
        near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.8)
        meant = f"did you mean {near[0]}?" if near else f"{EXAMPLE.name} has the list"
        sentences.append(f"{ENV_FILE}:{env_file.lines[name]}: {name} is no setting; {meant}")
    return sentences
