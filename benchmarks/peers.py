"""The echo servers that are compared, each a process on a core of its own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 20.0
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Peer:
    """An echo server: how it is started, and what it can carry on one core."""

    name: str
    command: tuple[str, ...]  # PORT stands for the port
    environment: Mapping[str, str] = field(default_factory=dict)
    max_calls: int = 2000


ENGINE = Peer(
    "echo_engine",
    (sys.executable, "-m", "echo_engine"),
    # The other servers ask for no token.
    {"ECHO_ENGINE_HOST": "127.0.0.1", "ECHO_ENGINE_PORT": "PORT", "MAX_CALLS": "5000", "SOCKET_AUTH": "off"},
)


def peers(programs: Path) -> list[Peer]:
    """Return all of them, the floor first; the compiled programs are in the folder given."""
    return [
        Peer("C floor", (str(programs / "floor"), "PORT")),
        ENGINE,
        Peer("picows", (sys.executable, "-m", "benchmarks.server_picows", "PORT")),
        Peer("websockets.serve", (sys.executable, "-m", "benchmarks.server_websockets", "PORT"), max_calls=500),
        Peer("tutorial (gevent)", (sys.executable, "-m", "benchmarks.server_gevent", "PORT"), max_calls=200),
    ]


@contextlib.contextmanager
def running(peer: Peer, core: int) -> Iterator[tuple[int, int]]:
    """Run a server on a core and yield its process id and its port, once it takes connections.

    Raises SystemExit if it does not start.
    """
    port = free_port()
    command = [argument.replace("PORT", str(port)) for argument in peer.command]
    environment = {name: value.replace("PORT", str(port)) for name, value in peer.environment.items()}
    process = subprocess.Popen(
        ["taskset", "--cpu-list", str(core), *command],
        env={**os.environ, **environment},
        cwd=HERE.parent,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(process, port, peer.name)
        yield process.pid, port
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(process: subprocess.Popen[bytes], port: int, name: str) -> None:
    """Return once a server takes connections; raises SystemExit if it ends, or doesn't in time."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise SystemExit(f"{name} did not start; its messages are above.")
