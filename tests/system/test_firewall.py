"""The firewall's rule of docs/operations.md: it limits the connections of an address, and of no other."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.harness.process import ROOT

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
    rules = re.findall(r"^    (iptables -t mangle .*)$", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)
    assert len(rules) == 2
    script = "\n".join(["set -e", "ip link set lo up", *rules, 'exec "$0" -c "$1"'])
    command = ["unshare", "--net", "sh", "-c", script, sys.executable, COUNT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(LIMIT), str(60 - LIMIT)]
