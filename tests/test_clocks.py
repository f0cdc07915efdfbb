"""Clocks that jump in the middle of a call: the webhooks' and the engine's time of day, together or one of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from local_run.environment import unused_ports
from tests.harness.forge import SOCKET_SECRET
from tests.harness.process import DEADLINE, started

HOUR = 3600
FRAME = bytes(range(160)) * 4
# Neither process reads the time of day in any other way.
CLOCK = """
import sys, time
now = time.time
time.time = lambda: now() + int(open({file!r}).read())
"""
WEBHOOKS = """
sys.argv = ["gunicorn", "-c", "webhooks/gunicorn.conf.py", "webhooks:create_app()"]
from gunicorn.app.wsgiapp import run
run()
"""
ECHO_ENGINE = """
import runpy
runpy.run_module("echo_engine", run_name="__main__")
"""


class Clock(NamedTuple):
    """The time of day as a process sees it."""

    file: Path

    def jump(self, seconds: int) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self.file)

    def command(self, program: str) -> list[str]:
        return [sys.executable, "-c", CLOCK.format(file=str(self.file)) + program]


class Server(NamedTuple):
    """The webhooks and the engine, each with a clock of its own."""

    webhooks_port: str
    echo_engine_port: str
    webhooks_clock: Clock
    echo_engine_clock: Clock

    def jump(self, seconds: int) -> None:
        self.webhooks_clock.jump(seconds)
        self.echo_engine_clock.jump(seconds)

    def ask(self, target: str, **fields: str) -> Any:
        call = {"uuid": str(uuid4()), "conversation_uuid": f"CON-{uuid4()}"}
        connection = HTTPConnection("127.0.0.1", int(self.webhooks_port), timeout=DEADLINE)
        connection.request("POST", target, json.dumps(call | fields), {"Content-Type": "application/json"})
        ncco = json.load(connection.getresponse())
        connection.close()
        return ncco

    def open(self, ncco: Any) -> ClientConnection:
        token = ncco[-1]["endpoint"][0]["authorization"]["value"]
        url = f"ws://127.0.0.1:{self.echo_engine_port}/socket"
        return connect(url, additional_headers={"Authorization": token}, proxy=None)

    def status(self, ncco: Any) -> int:
        try:
            with self.open(ncco):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    webhooks_port, echo_engine_port = unused_ports(2)
    server = Server(webhooks_port, echo_engine_port, Clock(folder / "webhooks"), Clock(folder / "echo-engine"))
    server.jump(0)
    ports = {"WEBHOOKS_PORT": webhooks_port, "ECHO_ENGINE_PORT": echo_engine_port}
    settings = {"SOCKET_SECRET": SOCKET_SECRET, "DRAIN_SECONDS": "0"} | ports
    with (
        started(server.webhooks_clock.command(WEBHOOKS), **settings) as webhooks,
        started(server.echo_engine_clock.command(ECHO_ENGINE), **settings) as echo_engine,
    ):
        webhooks.wait_for("Listening at")
        echo_engine.wait_for('"listening"')
        yield server


@pytest.fixture(scope="module")
def started_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("clocks")) as server:
        yield server


@pytest.fixture
def server(started_server: Server) -> Server:
    started_server.jump(0)
    return started_server


def assert_echoes(call: ClientConnection) -> None:
    call.send(FRAME)
    assert call.recv(DEADLINE) == FRAME


def waits(ncco: Any) -> float:
    """Return how long a caller waits before the socket, in seconds."""
    return sum(float(action.get("timeout", 0)) for action in ncco if action["action"] == "wait")


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_call_goes_on_and_can_move_when_all_clocks_jump(server: Server, jump: int) -> None:
    ncco = server.ask("/webhooks/answer")
    with server.open(ncco) as call:
        assert_echoes(call)
        server.jump(jump)
        assert_echoes(call)
        event_url = urlsplit(ncco[-1]["eventUrl"][0])
        moved = server.ask(f"{event_url.path}?{event_url.query}", status="disconnected", to="ws://host/socket")
        assert waits(moved) < 5
        with server.open(moved) as another:
            assert_echoes(another)
        assert_echoes(call)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_token_from_before_the_jump_is_judged_by_the_engines_clock(server: Server, jump: int) -> None:
    minted = server.ask("/webhooks/answer")
    assert server.status(minted) == 101
    server.jump(jump)
    assert server.status(minted) == 401
    assert server.status(server.ask("/webhooks/answer")) == 101
    server.jump(0)
    assert server.status(minted) == 101


@pytest.mark.parametrize(("jump", "status"), [(50, 101), (-50, 101), (HOUR, 401), (-HOUR, 401)])
def test_clocks_may_differ_by_a_minute_and_by_no_hour(server: Server, jump: int, status: int) -> None:
    server.webhooks_clock.jump(jump)
    assert server.status(server.ask("/webhooks/answer")) == status


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_new_calls_wait_for_no_slot_of_another_time(server: Server, jump: int) -> None:
    server.ask("/webhooks/answer")
    server.jump(jump)
    assert waits(server.ask("/webhooks/answer")) < 5
