"""The engine's real command, as a process."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.harness.engine import FRAME
from tests.harness.process import DEADLINE, ECHO_ENGINE, Process, errors_into, limited_to, started

CALLS = 300
SETTINGS = {"ECHO_ENGINE_PORT": "0", "DRAIN_SECONDS": "0", "MOVES_PER_SECOND": "1000", "SOCKET_AUTH": "off"}


@contextmanager
def engine(command: list[str] = ECHO_ENGINE, **settings: str) -> Iterator[tuple[Process, str]]:
    """Start an engine on a free port, and yield the process and the URL of its socket."""
    with started(command, **SETTINGS | settings) as process:
        port = process.wait_for(r'"port": (\d+)')[1]
        yield process, f"ws://127.0.0.1:{port}/socket"


def refusal(**settings: str) -> str:
    with started(ECHO_ENGINE, **SETTINGS | settings) as process:
        assert process.wait() == 1
        assert "Traceback" not in process.printed
        return process.printed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_every_call_recorded_as_json_lines(number: signal.Signals, tmp_path: Path) -> None:
    errors_file = tmp_path / "errors"
    with engine(errors_into(errors_file, ECHO_ENGINE)) as (process, url), connect(url, proxy=None) as call:
        call.send(FRAME)
        assert call.recv() == FRAME
        assert process.stop(number) == 0
    assert errors_file.read_text() == ""
    lines = [line for line in map(json.loads, process.lines) if line["level"] == "info"]
    assert [line["event"] for line in lines] == ["listening", "call started", "draining", "call ended", "ended"]
    assert (lines[3]["reason"], lines[3]["close_code"]) == ("drained", 1012)
    assert call.close_code == 1012


def test_all_wrong_settings_are_told_at_once() -> None:
    told = refusal(ECHO_ENGINE_PORT="many", MAX_CALLS="0")
    assert "ECHO_ENGINE_PORT" in told
    assert "MAX_CALLS" in told


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = refusal(ECHO_ENGINE_PORT=str(taken.getsockname()[1]))
    assert "Can't listen on 127.0.0.1:" in told


def test_running_out_of_descriptors_loses_no_open_call() -> None:
    with engine(limited_to(270, ECHO_ENGINE), MAX_CALLS="10") as (process, url):
        with connect(url, proxy=None) as call:
            port = process.wait_for(r'"port": (\d+)')[1]
            crowd = [socket.create_connection(("127.0.0.1", int(port))) for _ in range(400)]
            for _ in range(50):
                call.send(FRAME)
                assert call.recv(timeout=DEADLINE) == FRAME
            for member in crowd:
                member.close()
            with connect(url, proxy=None) as newcomer:
                newcomer.send(FRAME)
                assert newcomer.recv(timeout=DEADLINE) == FRAME
        assert process.stop() == 0
    assert "Traceback" not in process.printed
    assert len(process.lines) < 50


def test_a_log_that_nobody_reads_stops_no_call() -> None:
    with engine() as (process, url):
        with process.unread():
            for _ in range(CALLS):  # more lines than a pipe holds
                with connect(url, proxy=None) as call:
                    call.send(FRAME)
                    assert call.recv(timeout=DEADLINE) == FRAME
        assert process.stop() == 0
    assert process.printed.count("call ended") == CALLS
