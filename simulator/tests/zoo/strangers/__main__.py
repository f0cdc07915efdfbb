"""Checks applications that nobody here wrote: python -m simulator.tests.zoo.strangers [NAME…].

Each is installed from PyPI into an environment of its own, in a temporary folder, run for real, and checked. The
outcome is a table in Markdown, as simulator/docs/check.md has it.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.tests.harness.process import ROOT

START_SECONDS = 120.0


@dataclass(frozen=True)
class Stranger:
    """An application: the module here that runs it, what to install, and where its webhooks are."""

    name: str
    module: str
    packages: tuple[str, ...]
    answer: str = "/webhooks/answer"
    events: str = "/webhooks/events"


STRANGERS = [
    Stranger("tutorial", "tutorial_echo", ("gevent", "gevent-websocket"), "/ncco", "/event"),
    Stranger("flask-sock", "flask_sock_echo", ("flask", "flask-sock")),
    Stranger("pipecat", "pipecat_echo", ("pipecat-ai", "fastapi", "uvicorn", "websockets")),
    Stranger("audio-connector", "audio_connector_echo", ("vonage-audio-connector-server", "websockets")),
]


def main() -> None:
    names = sys.argv[1:]
    sys.stdout.write("| Application | Passes | Fails | Warns |\n|---|---:|---|---|\n")
    for stranger in STRANGERS:
        if stranger.name in names or not names:
            sys.stdout.write(checked(stranger))
            sys.stdout.flush()


def checked(stranger: Stranger) -> str:
    """Install an application, run it, check it, and return its line of the table."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder, "bin", "python"))
        subprocess.run([python, "-m", "pip", "install", "--quiet", *stranger.packages], check=True, stdout=sys.stderr)
        shown = subprocess.run([python, "-m", "pip", "list", "--format=json"], check=True, capture_output=True)
        versions = {each["name"].lower().replace("_", "-"): each["version"] for each in json.loads(shown.stdout)}
        with running(stranger, python) as port:
            rules = check(stranger, port)
    main_packages = ", ".join(f"{package} {versions[package]}" for package in stranger.packages)
    passes = sum(rule["status"] == "pass" for rule in rules)
    return f"| {main_packages} | {passes} | {listed(rules, 'fail')} | {listed(rules, 'warn')} |\n"


@contextlib.contextmanager
def running(stranger: Stranger, python: str) -> Iterator[int]:
    """Run an application and yield its port, once it takes connections."""
    port = free_port()
    command = [python, "-m", f"simulator.tests.zoo.strangers.{stranger.module}", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(process, port)
            yield port
        finally:
            process.kill()


def check(stranger: Stranger, port: int) -> list[dict[str, Any]]:
    """Return what the kit says of each rule."""
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "voice_simulator", "check", "--json", "--event-url", address + stranger.events]
    printed = subprocess.run([*command, address + stranger.answer], cwd=ROOT, stdout=subprocess.PIPE, check=False)
    rules: list[dict[str, Any]] = json.loads(printed.stdout)["rules"]
    for rule in rules:
        if rule["status"] != "pass":
            sys.stderr.write(f"{stranger.name}: {rule['status']} {rule['id']}: {rule['seen']}\n")
    return rules


def listed(rules: Sequence[dict[str, Any]], status: str) -> str:
    return ", ".join(f"`{rule['id']}`" for rule in rules if rule["status"] == status)


def free_port() -> int:
    """Return a port that is free, and so is the one behind it."""
    while True:
        with socket.socket() as probe, socket.socket() as behind:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                behind.bind(("127.0.0.1", port + 1))
                return port


def wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise SystemExit(f"{process.args!r} takes no connection within {START_SECONDS:g} s; its messages are above.")


main()
