"""The simulator on a system that lacks what only Linux or an extra has: a subprocess can't import it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.tests.harness.echo_peer import StartPeer
from simulator.tests.harness.placing import ncco
from simulator.tests.harness.webhook_server import WebhookServer

MISSING = ("uvloop", "resource", "fcntl", "pty", "termios", "grp", "pwd", "matplotlib")
WITHOUT = f"""
import asyncio, os, select, socket, sys, zoneinfo
sys.modules.update(dict.fromkeys({MISSING!r}))
sys.platform = "other"
del os.getloadavg, os.fork, select.poll, select.epoll, socket.CMSG_SPACE
def no_signals(*arguments):
    raise NotImplementedError
asyncio.unix_events._UnixSelectorEventLoop.add_signal_handler = no_signals
"""


def run_without(*arguments: str, program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT + program, *arguments]
    return subprocess.run(command, text=True, capture_output=True, check=False)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return run_without(*arguments, program="from voice_simulator.__main__ import start; sys.exit(start())")


def test_it_places_a_call(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with(ncco(start_peer().uri))
    done = command("call", "--answer-url", f"{webhooks.address}/webhooks/answer", "--seconds", "0.5", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["frames"]["returned"] == 25


def test_a_picture_says_what_to_install_before_any_call(webhooks: WebhookServer, tmp_path: Path) -> None:
    answer_url = f"{webhooks.address}/webhooks/answer"
    for arguments in (["call", "--answer-url", answer_url], ["load", answer_url]):
        done = command(*arguments, "--plot", str(tmp_path / "call.png"))
        assert (done.returncode, done.stdout) == (64, "")
        assert "a picture needs matplotlib: pip install 'voice-simulator[plot]'" in done.stderr
    assert webhooks.requests == []


def test_a_load_says_which_systems_it_runs_on(webhooks: WebhookServer) -> None:
    done = command("load", f"{webhooks.address}/webhooks/answer")
    assert done.returncode == 64
    assert "run it on Linux or macOS" in done.stderr


@pytest.mark.parametrize(("hard", "soft"), [("resource.RLIM_INFINITY", 10240), ("4096", 4096)])
def test_a_load_takes_the_open_files_that_it_can_get(hard: str, soft: int) -> None:
    program = f"""
import resource
from voice_simulator.load.worker import allow_many_sockets
asked = []
resource.getrlimit = lambda which: (256, {hard})
resource.setrlimit = lambda which, limits: asked.append(limits)
allow_many_sockets()
print(asked == [({soft}, {hard})])
"""
    done = subprocess.run([sys.executable, "-c", program], text=True, capture_output=True, check=False)
    assert done.stdout == "True\n", done.stderr
