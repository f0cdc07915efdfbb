"""`voice-simulator phone`: where it listens, and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from simulator.tests.harness.process import Process, started
from simulator.tests.harness.terminal import shown_on_terminal
from simulator.tests.harness.webhook_server import WebhookServer

COMMAND = [sys.executable, "-m", "voice_simulator", "phone"]


@contextmanager
def phone(*arguments: str) -> Iterator[tuple[Process, int]]:
    with started([*COMMAND, "--port", "0", *arguments]) as process:
        port = int(process.wait_for(r'"address": "http://127\.0\.0\.1:(\d+)"')[1])
        yield process, port


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_hangs_up_and_ends(number: signal.Signals, webhooks: WebhookServer) -> None:
    webhooks.answer_with([{"action": "wait", "timeout": 60}])
    with (
        phone("--answer-url", f"{webhooks.address}/webhooks/answer", "--from", "4915112345678") as (process, port),
        connect(f"ws://127.0.0.1:{port}/call", origin=Origin(f"http://127.0.0.1:{port}"), proxy=None) as page,
    ):
        events = (json.loads(message) for message in page if isinstance(message, str))
        assert next(events)["from"] == "4915112345678"
        page.send('{"do": "call", "voice": "speech"}')
        assert next(event for event in events if event["event"] == "action_began")["action"]["timeout"] == 60
        process.send_signal(number)
        assert next(event for event in events if event["event"] == "call_ended")["why"] == "hung_up"
        assert process.wait() == 0
    assert "completed" in [event["status"] for event in webhooks.events()]
    assert "Traceback" not in process.printed


def test_the_answer_url_follows_the_port_of_the_local_run() -> None:
    with started([*COMMAND, "--port", "0"], PORT="4321") as process:
        line = process.wait_for(r'\{.*"listening".*\}')[0]
        assert json.loads(line)["answer_url"] == "http://127.0.0.1:4321/webhooks/answer"


def test_a_person_is_told_the_address() -> None:
    shown = shown_on_terminal([*COMMAND, "--port", "0"], "Ctrl-C ends")
    assert "Phone: http://127.0.0.1:" in shown


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with started([*COMMAND, "--port", port]) as process:
            assert process.wait() == 3
            assert process.printed.startswith(f"error: the phone can't listen at 127.0.0.1:{port}: ")


def test_in_a_container_it_listens_for_others_and_still_lets_only_this_machine_in() -> None:
    with phone("--host", "0.0.0.0") as (_, port):
        for host, status in ((f"127.0.0.1:{port}", 404), (f"172.17.0.2:{port}", 403)):
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/no-file.js", headers={"Host": host})
            response = connection.getresponse()
            response.read()
            assert response.status == status
            connection.close()


def test_a_stranger_who_says_nothing_is_no_error() -> None:
    with phone() as (process, port):
        socket.create_connection(("127.0.0.1", port)).close()
        with connect(f"ws://127.0.0.1:{port}/call", origin=Origin(f"http://127.0.0.1:{port}"), proxy=None) as page:
            assert json.loads(page.recv())["event"] == "hello"
        assert process.stop() == 0
        assert len(process.lines) == 1
