"""The local server as `make run` starts it, and the calls of `make call`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from typing import Any, NamedTuple
from uuid import uuid4

from local_run.environment import unused_ports
from tests.harness.process import DEADLINE, ROOT, UNSET, Process, started

COMMAND = [sys.executable, "-m", "local_run"]


class LocalRun(NamedTuple):
    """A running `python -m local_run` and the port of its front."""

    process: Process
    port: str

    def pid(self, name: str) -> int:
        """Return the id of a process of the server, which leads a process group."""
        return int(self.process.wait_for(rf'"process": "{name}".*"event": "process started", "pid": ([0-9]+)')[1])

    def connection(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", int(self.port), timeout=DEADLINE)


@contextmanager
def local_run(command: list[str] = COMMAND, /, **settings: str) -> Iterator[LocalRun]:
    """Start the server on ports of its own, with default settings but for those given; end it."""
    names = ("PORT", "WEBHOOKS_PORT", "ECHO_ENGINE_PORT", "PHONE_PORT")
    ports = dict(zip(names, unused_ports(len(names)), strict=True))
    environment = ports | settings
    with started(command, **environment) as process:
        yield LocalRun(process, environment["PORT"])


def authorization(port: str) -> dict[str, str]:
    """Return the headers with which the platform opens the socket of a new call, as the answer webhook tells it."""
    with closing(HTTPConnection("127.0.0.1", int(port), timeout=DEADLINE)) as connection:
        connection.request("GET", f"/webhooks/answer?uuid={uuid4()}&conversation_uuid=b")
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        (endpoint,) = json.load(answer)[-1]["endpoint"]
    return {"Authorization": endpoint["authorization"]["value"]}


def place_good_calls(port: str, *options: str, **settings: str) -> dict[str, Any]:
    """Place simulated calls as `simulate` does; return their result, which nothing is wrong with.

    Where this machine stood still, the simulator says that it could not judge: that is no fault of the server.
    """
    done = simulate(port, *options, **settings)
    assert done.returncode in (0, 4), done.stdout + done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    assert not result["frames"]["corrupted"]
    return result


def simulate(port: str, *options: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Place simulated calls through the front at a port, with these settings and no others of ours."""
    command = [sys.executable, "-m", "voice_simulator", "--json", *options]
    environment = os.environ | UNSET | {"PORT": port} | settings
    return subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)
