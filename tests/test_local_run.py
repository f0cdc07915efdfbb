"""`make run` and `make call`: calls through the real processes, and how these start and end."""

from __future__ import annotations

import json
import os
import signal
import socket

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.harness.local_run import LocalRun, authorization, local_run, simulate

PROCESSES = ("caddy", "webhooks", "echo-engine")


def assert_all_ended(run: LocalRun) -> None:
    """Check that no process of the server is left, their children included."""
    for name in PROCESSES:
        with pytest.raises(ProcessLookupError):
            os.killpg(run.pid(name), 0)


def test_calls_come_back_byte_for_byte(running: LocalRun) -> None:
    done = simulate(running.port, "--calls", "3", "--seconds", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    frames = json.loads(done.stdout)["frames"]
    assert (frames["sent"], frames["returned"], frames["lost"], frames["corrupted"]) == (300, 300, 0, 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_processes(number: signal.Signals) -> None:
    with local_run() as run:
        run.process.wait_for("Ready: ")
        headers = authorization(run.port)
        with connect(f"ws://127.0.0.1:{run.port}/socket", additional_headers=headers, proxy=None) as call:
            call.send(b"audio")
            assert call.recv() == b"audio"
            assert run.process.stop(number) == 0
            with pytest.raises(ConnectionClosed):
                call.recv()
        assert_all_ended(run)
        assert "Traceback" not in run.process.printed


def test_a_signal_ends_processes_that_have_only_begun_to_start() -> None:
    with local_run() as run:
        run.process.wait_for(" started ")
        assert run.process.stop(signal.SIGINT) == 0
        assert_all_ended(run)


def test_the_end_of_one_process_ends_all_and_is_an_error() -> None:
    with local_run() as run:
        run.process.wait_for("Ready: ")
        os.kill(run.pid("echo-engine"), signal.SIGKILL)
        assert run.process.wait() == 1
        assert_all_ended(run)
        assert "echo-engine stopped (rc=-9)" in run.process.printed
        assert "its last lines above say why" in run.process.printed


def test_a_wrong_setting_is_named_and_ends_all() -> None:
    with local_run(DRAIN_SECONDS="soon") as run:
        assert run.process.wait() == 1
        assert "DRAIN_SECONDS" in run.process.printed


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_wrong_port_is_named(port: str) -> None:
    with local_run(PORT=port) as run:
        assert run.process.wait() == 1
        assert run.process.printed == f"PORT is {port!r}; it must be a number from 1 to 65535\n"


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with local_run(PORT=port) as run:
            assert run.process.wait() == 1
            assert run.process.printed.startswith(f"Port {port} can't be used: Address already in use. Choose another")


def test_a_public_url_is_what_the_platform_gets() -> None:
    with local_run(PUBLIC_URL="https://echo.example.com") as run:
        run.process.wait_for("Ready: ")
        connection = run.connection()
        connection.request("GET", "/ncco")
        connect_action = json.load(connection.getresponse())[-1]
        assert connect_action["endpoint"][0]["uri"] == "wss://echo.example.com/socket"
        connection.close()
