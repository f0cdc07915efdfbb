from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path

import pytest

from shared.version import VERSION
from tests.harness.gunicorn_server import Server, exchange, gunicorn
from tests.harness.process import DEADLINE, ROOT

CALLER = "447700900002"
SILENT = 100  # connections; gunicorn's own worker holds a thread for 5 s for each


def test_scheme_comes_from_the_trusted_proxy(server: Server) -> None:
    connect = server.answer(Host="echo.example.com", X_Forwarded_Proto="https")
    assert connect["eventUrl"][0].startswith("https://echo.example.com/webhooks/events?due=")
    assert connect["endpoint"][0]["uri"] == "wss://echo.example.com/socket"


@pytest.mark.parametrize(
    "spoofed",
    [
        {},
        {"X_Forwarded_Proto": "http"},
        {"X_Forwarded_Host": "evil.example"},
        {"Forwarded": "host=evil.example;proto=https"},
        {"X_Forwarded_Ssl": "on"},
        {"X_Forwarded_Protocol": "ssl"},
        {"X_Forwarded_Port": "1", "X_Forwarded_Prefix": "/evil"},
    ],
)
def test_no_other_header_changes_the_address(server: Server, spoofed: dict[str, str]) -> None:
    connect = server.answer(Host="localhost:3000", **spoofed)
    assert connect["eventUrl"][0].startswith("http://localhost:3000/webhooks/events?due=")
    assert connect["endpoint"][0]["uri"] == "ws://localhost:3000/socket"


def test_connection_is_kept_alive(server: Server) -> None:
    connection = server.connection()
    used = set()
    for path in ("/healthz", "/webhooks/answer", "/nowhere"):
        connection.request("POST" if path != "/healthz" else "GET", path, b"{}", {"Content-Type": "application/json"})
        connection.getresponse().read()
        assert connection.sock is not None
        used.add(connection.sock)
    assert len(used) == 1
    connection.close()


@contextmanager
def silent_connections(server: Server) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        address = ("127.0.0.1", server.port)
        yield [stack.enter_context(socket.create_connection(address, DEADLINE)) for _ in range(SILENT)]


def test_silent_connections_take_no_thread(server: Server) -> None:
    with silent_connections(server):
        connection = HTTPConnection("127.0.0.1", server.port, timeout=4)  # so before a held thread would be free
        connection.request("GET", "/webhooks/answer")
        assert connection.getresponse().status == 200
        connection.close()


def test_a_silent_connection_may_speak_later(server: Server) -> None:
    with silent_connections(server) as connections:
        server.answer()  # so gunicorn has accepted those before
        for connection in connections:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert [connection.recv(12) for connection in connections] == [b"HTTP/1.1 200"] * SILENT


def test_silent_connections_do_not_hold_the_stop_up(tmp_path: Path) -> None:
    grace = f"--graceful-timeout {10 * DEADLINE:.0f}"
    with gunicorn(tmp_path, GUNICORN_CMD_ARGS=grace) as server, silent_connections(server):
        server.answer()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait() == 0  # long before the grace ends


def test_a_silent_connection_may_speak_during_the_stop(tmp_path: Path) -> None:
    with gunicorn(tmp_path) as server, socket.create_connection(("127.0.0.1", server.port), DEADLINE) as connection:
        server.answer()
        kept_alive = server.connection()
        kept_alive.connect()
        server.process.send_signal(signal.SIGTERM)
        connection_header = None
        with suppress(RemoteDisconnected, ConnectionResetError):  # the worker closes it, or says so: it has the signal
            while connection_header != "close":
                kept_alive.request("GET", "/healthz")
                response = kept_alive.getresponse()
                connection_header = response.getheader("Connection")
                response.read()
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
        assert received.startswith(b"HTTP/1.1 200 OK\r\n")
        assert server.stop() == (0, "")


def test_untrusted_proxy_cannot_set_the_scheme(tmp_path: Path) -> None:
    with gunicorn(tmp_path, FORWARDED_ALLOW_IPS="192.0.2.1") as server:
        connect = server.answer(Host="localhost:3000", X_Forwarded_Proto="https")
    assert connect["endpoint"][0]["uri"] == "ws://localhost:3000/socket"


def test_sigterm_lets_a_request_finish(tmp_path: Path) -> None:
    with gunicorn(tmp_path) as server, socket.create_connection(("127.0.0.1", server.port), DEADLINE) as connection:
        connection.sendall(
            b"POST /webhooks/answer HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            b"Content-Length: 2\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")  # so it is in the application's hands
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("Handling signal: term")
        connection.sendall(b"{}")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
        assert received.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b'"action":"connect"' in received
        assert server.stop() == (0, "")


def test_the_log_is_json_without_secrets(tmp_path: Path) -> None:
    path = f"/webhooks/answer?from={CALLER}&to={CALLER}&uuid=u-1"
    with gunicorn(tmp_path, LOG_LEVEL="DEBUG") as server:
        server.wait_for("Control socket disabled")
        connection = server.connection()
        for each in (path, "/healthz", "/readyz", "/metrics", "/nowhere"):
            connection.request("GET", each)
            connection.getresponse().read()
        connection.close()
        exchange(server, f"GET {path} HTTP/x\r\n\r\n".encode())
        exchange(server, f"GET {path}".encode())
        assert server.stop() == (0, "")
    lines = [json.loads(line) for line in server.lines]
    assert all({"event", "level", "logger", "timestamp"} <= line.keys() for line in lines)
    ours = [line for line in lines if line["logger"] == "webhooks"]
    assert [line["event"] for line in ours][-2:] == [
        "call answered",
        "request refused",
    ]
    assert (ours[0]["event"], ours[0]["level"], ours[0]["version"]) == ("webhooks started", "info", VERSION)
    assert CALLER not in "".join(server.lines)


@pytest.mark.parametrize(
    ("settings", "last_line"),
    [
        ({"SAMPLE_RATE": "44100"}, "SAMPLE_RATE: Value error, must be 8000, 16000 or 24000 (Hz)"),
        ({"SOCKET_SECRET": "short"}, "SOCKET_SECRET: "),
        ({"SOCKET_SECRET": "", "SOCKET_SECRET_FILE": f"{ROOT}/pyproject.toml/secret"}, "SOCKET_SECRET_FILE: "),
        ({"FORWARDED_ALLOW_IPS": "10.0.0.0/8,proxy"}, "Error: 'proxy' does not appear to be an IPv4 or IPv6 network"),
    ],
)
def test_the_last_line_of_a_refused_start_names_the_setting(
    tmp_path: Path, settings: dict[str, str], last_line: str
) -> None:
    with gunicorn(tmp_path, **settings) as server:
        assert server.process.wait() == 1
        _, errors = server.stop()
    assert errors.splitlines()[-1].strip().startswith(last_line)
    assert (server.lines, "Traceback" in errors) == ([], False)


# Requests that no client of ours would send


@pytest.mark.parametrize(
    ("chunks", "status", "error"),
    [
        (b"2\r\n{}\r\n0\r\n\r\n", 200, None),
        (b"zz\r\n{}\r\n0\r\n\r\n", 400, "badly chunked"),
        (b"2;\x01\r\n{}\r\n0\r\n\r\n", 400, "badly chunked"),
        (b"2\r\n{}xx0\r\n\r\n", 400, "badly chunked"),
        (b"5\r\n{}", 400, "badly chunked"),
        (b"2\r\n{}\r\n0\r\nHost: evil\r\n\r\n", 400, "badly chunked"),
        (b"fffffffffffffffff\r\n{}", 400, "badly chunked"),
        (b"10000\r\n" + b" " * 0x10000 + b"\r\n1\r\n{\r\n0\r\n\r\n", 413, "at most 65536 bytes"),
    ],
)
def test_chunked_body(server: Server, chunks: bytes, status: int, error: str | None) -> None:
    head = (
        b"POST /webhooks/answer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    head_received, _, body = exchange(server, head + chunks).partition(b"\r\n\r\n")
    assert head_received.startswith(b"HTTP/1.1 %d " % status)
    if error is not None:
        assert error in json.loads(body)["error"]


@pytest.mark.parametrize(
    "request_",
    [
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET /webhooks/answer\r\n\r\n",
        b"GET /webhooks/answer HTTP/9.9\r\n\r\n",
        b"GET /webhooks/answer HTTP/1.1\r\n\r\n",
        b"GET /webhooks/answer HTTP/1.0\r\n\r\n",
        b"GET /webhooks/answer?uuid=\xff HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /webhooks/answer?uuid=%FF%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /webhooks/%00%FF HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /webhooks/answer?" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /webhooks/answer HTTP/1.1\r\nHost: \xff\r\n\r\n",
        b"GET /webhooks/answer HTTP/1.1\r\nHost: a\x00b\r\n\r\n",
        b"GET /webhooks/answer HTTP/1.1\r\nHost: a b\r\n\r\n",
        b"GET /webhooks/answer HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /webhooks/answer HTTP/1.1\r\nHost: a\r\nSCRIPT_NAME: /x\r\n\r\n",
        b"GET /webhooks/answer HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Proto: http\r\n\r\n",
        b"GET /webhooks/answer HTTP/1.1\r\nHost: a\r\nExpect: nonsense\r\n\r\n",
        b"GET /webhooks/answer HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"GET http://b/webhooks/answer HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: a\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"get /webhooks/answer HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /webhooks/answer HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /webhooks/answer HTTP/1.1\r\nHost: a\r\nContent-Length: \xb2\r\n\r\n",
        b"POST /webhooks/answer HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"POST /webhooks/answer HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST /webhooks/answer HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
        b"POST /webhooks/answer HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        b"POST /webhooks/answer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST /nowhere HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_bad_request_is_never_our_fault(server: Server, request_: bytes) -> None:
    assert b" 500 " not in exchange(server, request_)
    assert server.answer()["action"] == "connect"
