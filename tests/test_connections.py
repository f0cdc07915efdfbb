"""Connections of one client that would shut out all others: the front's idle time, and the rule for the firewall."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.attacks.target import Target, handshake, read_status, status
from tests.harness.containers import wait_until
from tests.harness.forge import SOCKET_SECRET
from tests.harness.local_run import COMMAND, local_run
from tests.harness.process import ROOT, limited_to

DESCRIPTORS, HELD = 400, 600
EVENT = b"GET /webhooks/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
ANSWER = b"GET /webhooks/answer HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_a_call_gets_through_beside_a_client_that_keeps_more_connections_than_fit() -> None:
    settings = {"SOCKET_SECRET": SOCKET_SECRET, "MAX_CALLS": "50"}
    with local_run(limited_to(DESCRIPTORS, COMMAND), **settings) as run, ExitStack() as stack:
        run.process.wait_for("Ready: ")
        front = Target(f"http://127.0.0.1:{run.port}")
        held = [stack.enter_context(front.connect()) for _ in range(HELD)]
        descriptors = Path(f"/proc/{run.pid('caddy')}/fd")
        wait_until(lambda: len(list(descriptors.iterdir())) == DESCRIPTORS)
        for connection in held:
            connection.sendall(EVENT)
        assert status(front, ANSWER) == "200"
        with front.connect() as call:
            call.sendall(handshake())
            assert read_status(call) == "101"


LIMIT = 50
COUNT = """
import socket
listener = socket.create_server(("127.0.0.1", 3000), backlog=100)
held, refused = [], 0
for _ in range(60):
    connection = socket.socket()
    connection.settimeout(0.1)
    try:
        connection.connect(("127.0.0.1", 3000))
        held.append(connection)
    except TimeoutError:
        refused += 1
other = socket.socket()
other.bind(("127.0.0.2", 0))
other.settimeout(10)
other.connect(("127.0.0.1", 3000))
print(len(held), refused)
"""


def test_the_firewalls_rule_limits_the_connections_of_an_address_and_of_no_other() -> None:
    if os.geteuid() or not all(map(shutil.which, ("unshare", "iptables", "ip"))):
        pytest.skip("needs root, unshare, ip and iptables")
    rules = re.findall(r"^    (iptables .*)$", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)
    assert len(rules) == 2
    script = "\n".join(["set -e", "ip link set lo up", *rules, 'exec "$0" -c "$1"'])
    command = ["unshare", "--net", "sh", "-c", script, sys.executable, COUNT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(LIMIT), str(60 - LIMIT)]
