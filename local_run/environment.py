"""What the processes are told by their environment: ports, addresses, and where their programs are."""

from __future__ import annotations

import os
import socket
import sysconfig
from contextlib import ExitStack

from local_run.caddy import find_caddy

LOCAL = "127.0.0.1"  # the front too; ngrok on this machine reaches it, the network doesn't


def local_environment(given: dict[str, str | None]) -> dict[str, str]:
    """Return the environment of the processes: what was given, and where each of them listens.

    PHONE_PORT is the port behind PORT unless it was given; it is missing if that one can't be used.
    Raises SystemExit if a port that was given is none, or is taken.
    """
    environment = {name: value for name, value in given.items() if value}
    port = free_port("PORT", environment.get("PORT", "3000"))
    phone = {"PHONE_PORT": phone_port} if (phone_port := _phone_port(environment.get("PHONE_PORT"), port)) else {}
    webhooks_port, echo_engine_port = unused_ports(2)
    return (
        {"WEBHOOKS_PORT": webhooks_port, "ECHO_ENGINE_PORT": echo_engine_port}
        | environment
        | {"CADDY_HOST": LOCAL, "WEBHOOKS_HOST": LOCAL, "ECHO_ENGINE_HOST": LOCAL, "PHONE_HOST": LOCAL}
        | phone
        | {"PORT": port, "SITE_ADDRESS": f"http://:{port}", "CADDY": find_caddy()}
        | {"PATH": f"{sysconfig.get_path('scripts')}:{environment.get('PATH', os.defpath)}", "XDG_DATA_HOME": ".run"}
    )


def _phone_port(given: str | None, port: str) -> str | None:
    """Return the port of the phone; None if nobody has given it and the one behind PORT can't be used."""
    if given:
        return free_port("PHONE_PORT", given)
    try:
        return free_port("PHONE_PORT", str(int(port) + 1))
    except SystemExit:
        return None


def free_port(name: str, port: str) -> str:
    """Return the port that a setting names, if it can be listened on. Raises SystemExit."""
    try:
        if not 0 < int(port) < 65536:
            raise ValueError
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOCAL, int(port)))
    except ValueError:
        raise SystemExit(f"{name} is {port!r}; it must be a number from 1 to 65535") from None
    except OSError as error:
        reason = f"Port {port} can't be used: {error.strerror}"
        raise SystemExit(f"{reason}. Choose another one: make run {name}=4000") from None
    return port


def unused_ports(count: int) -> list[str]:
    """Return ports that nothing listens on now."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server((LOCAL, 0))) for _ in range(count)]
        return [str(probe.getsockname()[1]) for probe in probes]
