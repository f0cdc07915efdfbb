"""What Caddy does with the Caddyfile while the servers it leads to come, go and change."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sysconfig
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest
from websockets.sync.client import connect

from local_run.environment import unused_ports
from local_run.supervisor import status
from tests.harness.process import DEADLINE, ECHO_ENGINE, ROOT, Process, started

SCRIPTS = Path(sysconfig.get_path("scripts"))
CADDY = str(SCRIPTS / "caddy")
SITES = {"the default": {}, "a domain name": {"SITE_ADDRESS": "echo.example.com"}}


class Front(NamedTuple):
    """A Caddy with the project's Caddyfile, and with nothing behind it yet."""

    process: Process
    caddyfile: Path
    port: str
    echo_engine_port: str

    def error(self, target: str) -> urllib.error.HTTPError:
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}{target}", timeout=DEADLINE)
        raised.value.close()
        return raised.value

    def echo_engine(self) -> AbstractContextManager[Process]:
        """Start an echo engine where this Caddy expects one."""
        settings = {
            "ECHO_ENGINE_PORT": self.echo_engine_port,
            "DRAIN_SECONDS": "0",
            "MOVES_PER_SECOND": "1000",
            "SOCKET_AUTH": "off",
        }
        return started(ECHO_ENGINE, **settings)


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    caddyfile = tmp_path / "Caddyfile"
    shutil.copy(ROOT / "Caddyfile", caddyfile)
    port, webhooks_port, echo_engine_port = unused_ports(3)
    settings = {
        "SITE_ADDRESS": f"http://:{port}",
        "CADDY_HOST": "127.0.0.1",
        "WEBHOOKS_HOST": "127.0.0.1",
        "WEBHOOKS_PORT": webhooks_port,
        "ECHO_ENGINE_HOST": "127.0.0.1",
        "ECHO_ENGINE_PORT": echo_engine_port,
        "XDG_DATA_HOME": str(tmp_path),
    }
    command = [CADDY, "run", "--config", str(caddyfile), "--adapter", "caddyfile"]
    with started(command, **settings) as process:
        process.wait_for("serving initial configuration")
        yield Front(process, caddyfile, port, echo_engine_port)


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_it_is_valid(site: dict[str, str], tmp_path: Path) -> None:
    home = {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run([CADDY, "validate"], cwd=ROOT, env=site | home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"level":"warn"' not in done.stderr


@pytest.mark.parametrize("target", ["/socket", "/webhooks/answer"])
def test_with_no_server_behind_the_platform_is_told_to_try_again(front: Front, target: str) -> None:
    error = front.error(f"{target}?from=447700900123")
    assert (error.code, error.headers["Retry-After"]) == (503, "1")
    front.process.wait_for('"error":"dial tcp .* connection refused"')
    assert "447700900123" not in front.process.printed


def test_its_lines_have_the_keys_of_ours(front: Front) -> None:
    front.error("/nothing")
    front.process.wait_for("handled request")
    for line in map(json.loads, front.process.lines):
        assert {"level", "timestamp", "event"} <= line.keys()
        assert not {"ts", "msg"} & line.keys()
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line["timestamp"])


def test_a_handshake_waits_for_a_lone_engine_that_starts_again(front: Front) -> None:
    head = (
        "GET /socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", int(front.port)), DEADLINE) as platform:
        platform.sendall(head.encode())
        with socket.create_server(("127.0.0.1", int(front.echo_engine_port))) as engine:
            engine.settimeout(DEADLINE)
            connection, _ = engine.accept()
            with connection:
                assert connection.recv(4096).startswith(b"GET /socket ")
                connection.sendall(
                    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                )
                assert platform.recv(4096).startswith(b"HTTP/1.1 101 ")


def test_a_reload_by_signal_takes_effect_and_cuts_no_call(front: Front) -> None:
    with front.echo_engine() as engine:
        engine.wait_for("listening")
        with connect(f"ws://127.0.0.1:{front.port}/socket", proxy=None) as call:
            call.send(b"before")
            assert call.recv() == b"before"
            front.caddyfile.write_text(front.caddyfile.read_text().replace("respond 404", "respond 410"))
            front.process.send_signal(signal.SIGUSR1)
            front.process.wait_for("successfully reloaded config")
            # The server that ends resets the connections that it accepted last.
            assert next(filter(None, (status(front.port, "GET", "/") for _ in count()))) == 410
            call.send(b"after")
            assert call.recv() == b"after"
