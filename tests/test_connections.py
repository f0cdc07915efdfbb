"""Connections of one client that would shut out all others, but for the front's idle time."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from simulator.tests.harness.waiting import wait_until
from tests.attacks.target import Target, handshake, read_status, status
from tests.harness.forge import SOCKET_SECRET
from tests.harness.local_run import COMMAND, local_run
from tests.harness.process import limited_to

DESCRIPTORS, HELD = 400, 600
EVENT = b"GET /webhooks/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
ANSWER = b"GET /webhooks/answer HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.alone  # the front's own limits, of seconds, decide
def test_a_call_gets_through_beside_a_client_that_keeps_more_connections_than_fit() -> None:
    settings = {"SOCKET_SECRET": SOCKET_SECRET, "MAX_CALLS": "50"}
    with local_run(limited_to(DESCRIPTORS, COMMAND), **settings) as run, ExitStack() as stack:
        run.process.wait_for("Ready: ")
        front = Target(f"http://127.0.0.1:{run.port}")
        held = [stack.enter_context(front.connect()) for _ in range(HELD)]
        descriptors = Path(f"/proc/{run.pid('caddy')}/fd")
        wait_until(lambda: len(list(descriptors.iterdir())) == DESCRIPTORS, "Caddy has no descriptor left")
        for connection in held:
            connection.sendall(EVENT)
        assert status(front, ANSWER) == "200"
        with front.connect() as call:
            call.sendall(handshake())
            assert read_status(call) == "101"
