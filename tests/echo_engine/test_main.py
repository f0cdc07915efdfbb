"""The engine's real command, as a process."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.harness.engine import FRAME

ROOT = Path(__file__).parents[2]
Start = Callable[..., tuple[subprocess.Popen[str], int]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start engines on free ports; returns the process and its port."""
    processes: list[subprocess.Popen[str]] = []

    def start_engine(descriptors: int | None = None, **variables: str) -> tuple[subprocess.Popen[str], int]:
        def limit() -> None:
            if descriptors is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        process = subprocess.Popen(
            [sys.executable, "-m", "echo_engine"],
            cwd=ROOT,
            env=os.environ
            | {"ECHO_ENGINE_PORT": "0", "DRAIN_SECONDS": "0", "MOVES_PER_SECOND": "1000", "SOCKET_AUTH": "off"}
            | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=limit,
        )
        processes.append(process)
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "listening":
                return process, json.loads(line)["port"]
        raise AssertionError(process.communicate()[1])

    yield start_engine
    for process in processes:
        process.kill()
        process.communicate()


def url(port: int) -> str:
    return f"ws://127.0.0.1:{port}/socket"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_every_call_recorded_as_json_lines(start: Start, number: signal.Signals) -> None:
    process, port = start()
    with connect(url(port), proxy=None) as call:
        call.send(FRAME)
        assert call.recv() == FRAME
        process.send_signal(number)
        output, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert errors == ""
    lines = [line for line in map(json.loads, output.splitlines()) if line["level"] == "info"]
    assert [line["event"] for line in lines] == ["call started", "draining", "call ended", "ended"]
    assert (lines[2]["reason"], lines[2]["close_code"]) == ("drained", 1012)
    assert call.close_code == 1012


def refusal(**variables: str) -> str:
    """Return what an engine that can't start says."""
    ended = subprocess.run(
        [sys.executable, "-m", "echo_engine"],
        cwd=ROOT,
        env=os.environ | {"SOCKET_AUTH": "off"} | variables,
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_all_wrong_settings_are_told_at_once() -> None:
    told = refusal(ECHO_ENGINE_PORT="many", MAX_CALLS="0")
    assert "ECHO_ENGINE_PORT" in told
    assert "MAX_CALLS" in told


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = refusal(ECHO_ENGINE_PORT=str(taken.getsockname()[1]))
    assert "Can't listen on 127.0.0.1:" in told


def test_running_out_of_descriptors_loses_no_open_call(start: Start) -> None:
    process, port = start(descriptors=270, MAX_CALLS="10")
    with connect(url(port), proxy=None) as call:
        crowd = [socket.create_connection(("127.0.0.1", port)) for _ in range(400)]
        for _ in range(50):
            call.send(FRAME)
            assert call.recv(timeout=5) == FRAME
        for member in crowd:
            member.close()
        with connect(url(port), proxy=None) as newcomer:
            newcomer.send(FRAME)
            assert newcomer.recv(timeout=5) == FRAME
    process.terminate()
    output, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "Traceback" not in output + errors
    assert len(output.splitlines()) < 50


def test_a_log_that_nobody_reads_stops_no_call(start: Start) -> None:
    process, port = start()
    for _ in range(1000):  # more lines than a pipe holds
        with connect(url(port), proxy=None) as call:
            call.send(FRAME)
            assert call.recv(timeout=5) == FRAME
    process.terminate()
    assert process.communicate(timeout=10)[0].count("call ended") == 1000
