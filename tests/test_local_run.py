"""`make run` and `make call`: calls through the real processes, and how these start and end."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from local_run.environment import unused_ports
from simulator.tests.harness.terminal import shown_on_terminal
from tests.harness.forge import SIGNATURE_SECRET, socket_token
from tests.harness.local_run import (
    COMMAND,
    LocalRun,
    authorization,
    local_run,
    place_good_calls,
)
from tests.harness.process import DEADLINE, ROOT, errors_into, started

LEFT_OUT = (".git", ".venv", ".run", ".env", "tests", "docs")
pytestmark = pytest.mark.apart
PROCESSES = ("caddy", "webhooks", "echo-engine", "phone")


def assert_all_ended(run: LocalRun) -> None:
    for name in PROCESSES:
        with pytest.raises(ProcessLookupError):
            os.killpg(run.pid(name), 0)


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has ended")


def descendants(pid: int) -> list[int]:
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*children, *(younger for child in children for younger in descendants(child))]


@contextmanager
def followed(run: LocalRun) -> Iterator[list[int]]:
    """Give a file descriptor for each process of the server, which can be read once the process has ended."""
    with ExitStack() as stack:
        ends = [os.pidfd_open(pid) for pid in descendants(run.process.popen.pid)]
        for end in ends:
            stack.callback(os.close, end)
        yield ends


def wait_for_all(ends: list[int]) -> None:
    for end in ends:
        assert select.select([end], [], [], DEADLINE)[0], "a process is left"


def test_calls_come_back_byte_for_byte(running: LocalRun) -> None:
    result = place_good_calls(running.port, "--calls", "3", "--seconds", "2")
    if result["outcome"] == "good":
        assert (result["frames"]["sent"], result["frames"]["returned"]) == (300, 300)


def test_a_call_whose_handshake_the_platform_signs(tmp_path: Path) -> None:
    secret_file = tmp_path / "secret"
    settings = {"SOCKET_AUTH": "vonage", "VONAGE_SIGNATURE_SECRET": SIGNATURE_SECRET}
    with local_run(**settings, SOCKET_SECRET="", SOCKET_SECRET_FILE=str(secret_file)) as run:
        run.process.wait_for("Ready: ")
        result = place_good_calls(run.port, "--seconds", "1", VONAGE_SIGNATURE_SECRET=SIGNATURE_SECRET)
        assert result["frames"]["returned"] > 0
        run.process.wait_for('"event": "call ended"')
        token = {"Authorization": f"Bearer {socket_token()}"}
        for headers in ({}, token):
            with pytest.raises(InvalidStatus, match="401"):
                connect(f"ws://127.0.0.1:{run.port}/socket", additional_headers=headers, proxy=None)
    assert not secret_file.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])  # a terminal's keys send the others
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
        run.process.wait_for("process started")
        assert run.process.stop(signal.SIGINT) == 0
        assert_all_ended(run)


def test_a_process_that_does_not_end_when_it_is_told_to_is_killed() -> None:
    with local_run() as run:
        run.process.wait_for("Ready: ")
        os.kill(run.pid("echo-engine"), signal.SIGSTOP)
        assert run.process.stop(signal.SIGTERM) == 0
        assert_all_ended(run)


@on_linux
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT], ids=["Ctrl-C", "Ctrl-Backslash"])
def test_a_key_on_the_terminal_ends_all_processes(number: signal.Signals) -> None:
    with local_run(["setsid", *COMMAND]) as run:
        run.process.wait_for("Ready: ")
        with followed(run) as ends:
            os.killpg(run.process.popen.pid, number)  # a terminal sends it to the whole group
            assert run.process.wait() == 0
            wait_for_all(ends)


@on_linux
def test_the_death_of_local_run_ends_all_processes() -> None:
    with local_run() as run:
        run.process.wait_for("Ready: ")
        headers = authorization(run.port)
        with (
            connect(f"ws://127.0.0.1:{run.port}/socket", additional_headers=headers, proxy=None),
            followed(run) as ends,
        ):
            assert len(ends) > len(PROCESSES)  # gunicorn's worker, too
            run.process.send_signal(signal.SIGKILL)
            wait_for_all(ends)


def test_the_end_of_one_process_ends_all_and_is_an_error() -> None:
    with local_run() as run:
        run.process.wait_for("Ready: ")
        os.kill(run.pid("echo-engine"), signal.SIGKILL)
        assert run.process.wait() == 1
        assert_all_ended(run)
        run.process.wait_for('"process": "echo-engine".*"event": "process ended", "exit_code": -9')
        run.process.wait_for(r"\necho-engine ended by itself \(killed by SIGKILL\)\. Its last lines:\n  listening ")


def test_a_wrong_setting_is_named_in_the_last_lines_and_ends_all() -> None:
    with local_run(DRAIN_SECONDS="soon") as run:
        assert run.process.wait() == 1
    head, advice, setting = run.process.lines[-3:]
    assert head == "echo-engine ended by itself (exit code 1). Its last lines:\n"
    assert advice.startswith("  These settings are wrong")
    assert setting.startswith("    DRAIN_SECONDS: ")


def test_a_pipe_gets_json_lines_with_the_same_keys_from_all_processes(tmp_path: Path) -> None:
    port, phone_port = unused_ports(2)
    with started(errors_into(tmp_path / "errors", COMMAND), PORT=port, PHONE_PORT=phone_port) as process:
        process.wait_for("serving initial configuration")
        process.wait_for("VONAGE_SIGNATURE_SECRET is not set")
        for name in ("echo-engine", "phone"):
            process.wait_for(f'"process": "{name}".*"listening"')
        assert process.stop() == 0
    lines = [json.loads(line) for line in process.lines]
    assert {line["process"] for line in lines} == set(PROCESSES)
    for line in lines:
        assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta()
        assert line["timestamp"].endswith("Z")
        assert line["level"] in ("info", "warning")
        assert line["event"]
        assert not {"ts", "msg"} & line.keys()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project in a folder with a space in its path."""
    folder = tmp_path / "a copy"
    shutil.copytree(ROOT, folder, ignore=lambda _, names: {name for name in names if name in LEFT_OUT})
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def in_folder(folder: Path) -> list[str]:
    return ["sh", "-c", 'cd "$0" && exec .venv/bin/python -m local_run', str(folder)]


def test_a_space_in_the_path_does_not_matter(copy: Path) -> None:
    with local_run(in_folder(copy)) as run:
        run.process.wait_for("Ready: ")
        place_good_calls(run.port, "--seconds", "1")


def test_a_caddyfile_that_caddy_cannot_read_starts_nothing(copy: Path) -> None:
    (copy / "Caddyfile").write_text("http://:3000 {\n\tnonsense\n}\n")
    with local_run(in_folder(copy)) as run:
        assert run.process.wait() == 1
    assert run.process.printed.startswith("Caddy can't read the Caddyfile: ")
    assert "unrecognized directive: nonsense" in run.process.printed


def test_a_full_disk_ends_no_call(tmp_path: Path) -> None:
    command = ["sh", "-c", 'exec "$@" >/dev/full', "sh", *COMMAND]
    with local_run(command) as run:
        run.process.wait_for("Ready: ")
        place_good_calls(run.port, "--calls", "2", "--seconds", "2")
        assert run.process.stop() == 0


def test_a_terminal_gets_lines_for_a_person() -> None:
    shown = shown_on_terminal(COMMAND, "Ready: ", PORT=unused_ports(1)[0], NO_COLOR="1")
    time, rest = re.split(" (?=webhooks .*VONAGE_SIGNATURE_SECRET)", shown)
    assert re.search(r"^\d\d:\d\d:\d\d$", time.splitlines()[-1])
    assert rest.startswith("webhooks              WARNING  VONAGE_SIGNATURE_SECRET is not set: anyone ")
    assert "\n\nReady: phone in the browser http://127.0.0.1:" in shown
    for unwanted in ("gunicorn", "admin endpoint", "byeee", "serving initial", "{", "\033["):
        assert unwanted not in shown


@pytest.mark.parametrize(("name", "port"), [("PORT", "65536"), ("PORT", "http"), ("PHONE_PORT", "0")])
def test_a_wrong_port_is_named(name: str, port: str) -> None:
    with local_run(**{name: port}) as run:
        assert run.process.wait() == 1
        assert run.process.printed.startswith(f"{name}={port} can't be used: a port is a number from 1 to 65535. ")


@pytest.mark.parametrize("name", ["PORT", "PHONE_PORT"])
def test_a_taken_port_is_named(name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with local_run(**{name: port}) as run:
            assert run.process.wait() == 1
            reason = f"{name}={port} can't be used: Address already in use"
            assert run.process.printed == f"{reason}. Choose another port: {name}=4000\n"


def test_a_call_over_the_phone_in_the_browser(running: LocalRun) -> None:
    address = running.process.wait_for(r"Ready: phone in the browser http://(127\.0\.0\.1:\d+) ")[1]
    with connect(f"ws://{address}/call", origin=Origin(f"http://{address}"), proxy=None) as page:
        page.send('{"do": "call", "voice": "speech"}')
        events = (json.loads(message) for message in page if isinstance(message, str))
        assert next(event for event in events if event["event"] == "socket_opened")["rate"] == 16000
        page.send('{"do": "hang_up"}')
        assert next(event for event in events if event["event"] == "call_ended")["why"] == "hung_up"


def test_what_is_wrong_in_the_env_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=http\n\nSOCKET_ATUH=off\nGREETING='never ends\n")
    environment = {name: value for name, value in os.environ.items() if name != "PORT"} | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(COMMAND, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "warning: .env:3: SOCKET_ATUH is no setting; did you mean SOCKET_AUTH?\n" in done.stderr
    assert "warning: .env:4 can't be read: " in done.stderr
    assert "PORT=http can't be used" in done.stderr
