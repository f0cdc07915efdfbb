"""Start the whole server on this machine, without Docker: the processes of the Procfile, on addresses of their own."""
# ruff: noqa: T201  # it speaks to a person at a terminal

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from dotenv import dotenv_values
from honcho.environ import parse_procfile  # type: ignore[import-untyped]
from honcho.manager import SIGNALS, Manager  # type: ignore[import-untyped]
from honcho.printer import Message, Printer  # type: ignore[import-untyped]

ROOT = Path(__file__).parent
LOCAL = "127.0.0.1"  # the front too; ngrok on this machine reaches it, the network doesn't
CADDY_MINIMUM = (2, 11, 7)  # what the Caddyfile was tested with; retries on a 503 came with 2.11.3
READY_SECONDS = 30


class Console(Printer):  # type: ignore[misc]
    """Prints the processes' lines, and ends them when the terminal or the pipe that showed these has gone."""

    def write(self, message: Message) -> None:
        """Print one message."""
        try:
            super().write(message)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            signal.raise_signal(signal.SIGTERM)


class Stack(Manager):  # type: ignore[misc]
    """The processes; when one ends, or on a signal, all end."""

    def terminate(self) -> None:
        """End all processes, once each has its process id: honcho can't end one before."""
        if self._all_started():
            super().terminate()
        else:
            again = threading.Timer(0.05, self.terminate)
            again.daemon = True
            again.start()


def main() -> int:
    """Run until Ctrl-C or SIGTERM (returns 0), or until a process ends by itself (returns 1)."""
    os.chdir(ROOT)
    environment = local_environment(dotenv_values(".env") | dict(os.environ))
    stack = Stack(Console(sys.stdout))
    for name, command in parse_procfile(Path("Procfile").read_text()).processes.items():
        stack.add_process(name, command, env=environment)
    signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    threading.Thread(target=announce, args=(environment,), daemon=True).start()
    stack.loop()
    if stack.returncode in {known["rc"] for known in SIGNALS.values()}:
        return 0
    print("A process ended by itself; its last lines above say why.", file=sys.stderr)
    return 1


def local_environment(given: dict[str, str | None]) -> dict[str, str]:
    """Return the environment of the processes: what was given, and where each of them listens.

    Raises SystemExit if PORT is no port or is taken.
    """
    environment = {name: value for name, value in given.items() if value}
    port = free_port(environment.get("PORT", "3000"))
    webhooks_port, echo_engine_port = unused_ports(2)
    return (
        {"WEBHOOKS_PORT": webhooks_port, "ECHO_ENGINE_PORT": echo_engine_port}
        | environment
        | {"CADDY_HOST": LOCAL, "WEBHOOKS_HOST": LOCAL, "ECHO_ENGINE_HOST": LOCAL}
        | {"PORT": port, "SITE_ADDRESS": f"http://:{port}", "CADDY": find_caddy()}
        | {"PATH": f"{sysconfig.get_path('scripts')}:{environment.get('PATH', os.defpath)}", "XDG_DATA_HOME": ".run"}
    )


def free_port(port: str) -> str:
    """Return the port, if it can be listened on."""
    try:
        if not 0 < int(port) < 65536:
            raise ValueError
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOCAL, int(port)))
    except ValueError:
        raise SystemExit(f"PORT is {port!r}; it must be a number from 1 to 65535") from None
    except OSError as error:
        reason = f"Port {port} can't be used: {error.strerror}"
        raise SystemExit(f"{reason}. Choose another one: make run PORT=3001") from None
    return port


def unused_ports(count: int) -> list[str]:
    """Return ports that nothing listens on now."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server((LOCAL, 0))) for _ in range(count)]
        return [str(probe.getsockname()[1]) for probe in probes]


def find_caddy() -> str:
    """Return the path of an installed Caddy, or of the virtual environment's if there is none or it is too old."""
    installed = shutil.which("caddy")
    if installed:
        printed = subprocess.run([installed, "version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
        version = re.match(r"v?(\d+)\.(\d+)\.(\d+)", printed)
        if version and tuple(map(int, version.groups())) >= CADDY_MINIMUM:
            return installed
    return str(Path(sysconfig.get_path("scripts"), "caddy"))


def announce(environment: dict[str, str]) -> None:
    """Print where the server is and what to type next, as soon as all of it answers."""
    port = environment["PORT"]
    wanted = [
        (environment["WEBHOOKS_PORT"], "/readyz", 200),
        (environment["ECHO_ENGINE_PORT"], "/readyz", 200),
        (port, "/", 404),
    ]
    deadline = time.monotonic() + READY_SECONDS
    while not all(status(*address) == answer for *address, answer in wanted):
        if time.monotonic() > deadline:
            print(f"\nNot ready after {READY_SECONDS} s; the lines above say why. Ctrl-C ends.\n", flush=True)
            return
        time.sleep(0.1)
    call = "make call" if port == "3000" else f"make call PORT={port}"
    print(f"\nReady: http://{LOCAL}:{port}   In another shell: {call}   Ctrl-C ends.\n", flush=True)


def status(port: str, path: str) -> int | None:
    """Return the HTTP status that a process answers with, or None if it doesn't."""
    connection = HTTPConnection(LOCAL, int(port), timeout=1)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
