"""What the front lets through to the real processes, and what it keeps from them."""

from __future__ import annotations

import json
import socket
from typing import Any, NamedTuple

import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from tests.harness.local_run import LocalRun, authorization
from tests.harness.process import DEADLINE

CALLER = "447700900123"
QUESTION = f"/webhooks/answer?from={CALLER}&to=442079460000&uuid=a&conversation_uuid=b"
HANDSHAKE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


class Answer(NamedTuple):
    """An answer's status, and how to find Caddy's line of it: by the client's port, behind the lines before."""

    status: int
    client_port: int
    printed_before: int


def ask(
    run: LocalRun, target: str, headers: str = "", *, method: str = "GET", body: str = "", host: str = "localhost"
) -> Answer:
    printed = len(run.process.lines)
    with socket.create_connection(("127.0.0.1", int(run.port)), DEADLINE) as connection:
        connection.sendall(f"{method} {target} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n{body}".encode("latin-1"))
        with connection.makefile("rb") as answer:
            return Answer(int(answer.readline().split()[1]), connection.getsockname()[1], printed)


def status(run: LocalRun, target: str, headers: str = "", *, method: str = "GET", body: str = "") -> int:
    return ask(run, target, headers, method=method, body=body).status


def line_of(run: LocalRun, answer: Answer) -> dict[str, Any]:
    """Return the line that Caddy writes of a request; an earlier one may have come from the same port."""
    pattern = f'.*"remote_port": "{answer.client_port}".*'
    line: dict[str, Any] = json.loads(run.process.wait_for(pattern, answer.printed_before)[0])
    return line


def open_socket(run: LocalRun, target: str = "/socket", headers: str = "") -> int:
    authorized = "".join(f"{name}: {value}\r\n" for name, value in authorization(run.port).items())
    return status(run, target, HANDSHAKE + authorized + headers)


def fetch(run: LocalRun, target: str, **headers: str) -> Any:
    connection = run.connection()
    connection.request("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = json.load(connection.getresponse())
    connection.close()
    return answer


EVENT = "status=ringing&uuid=a&conversation_uuid=b"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/webhooks/answer", 200), ("/webhooks/fallback", 200), ("/ncco", 200),
        (f"http://localhost/webhooks/answer?{EVENT}", 200),
        (f"/webhooks/events?{EVENT}", 204), (f"/webhooks/event?{EVENT}", 204),
        ("/socket", 426),
    ],
)  # fmt: skip
def test_the_webhooks_and_the_socket_are_public(running: LocalRun, target: str, expected: int) -> None:
    assert status(running, target) == expected


KEY = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/socket", "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n" + KEY),  # Java's
        ("/socket", "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n" + KEY),
        ("/socket", "connection: keep-alive\r\nconnection: upgrade\r\nupgrade: websocket\r\n" + KEY.lower()),
        ("/socket?a=%20&b", HANDSHAKE + "Origin: null\r\nSec-WebSocket-Protocol: audio, chat\r\nCookie: a=b\r\n"),
        ("/socket", HANDSHAKE + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"),
        ("http://localhost/socket", HANDSHAKE),
        ("/socket?any=query", HANDSHAKE),
    ],
)  # fmt: skip
def test_whatever_a_handshake_may_have_gets_through(running: LocalRun, target: str, headers: str) -> None:
    headers = headers.replace("dghlihnhbxbszsbub25jzq", "dGhlIHNhbXBsZSBub25jZQ")
    authorized = f"Authorization: {authorization(running.port)['Authorization']}\r\n"
    assert status(running, target, headers + authorized) == 101


@pytest.mark.parametrize(
    "target",
    [
        "/", "/healthz", "/readyz", "/metrics",
        "/SOCKET", "//socket", "/socket/", "/sock%65t", "/socket%2f", "/webhooks/../socket", "/webhooks/%2e%2e/socket",
        "/x/../socket", "http://localhost//socket", "/socket;x", "/socket%3Fx",
        "/webhooks", "/webhooks/", "//webhooks/answer", "/webhooks//answer", "/webhooks/answer/", "/Webhooks/answer",
        "/webhooks%2fanswer", "/webhooks/..%2fmetrics", "/webhooks/../metrics", "/x/../webhooks/answer",
        "/webhooks/metrics", "/webhooks/nothing", "/ncco/", "/NCCO", "/ncco/../metrics",
    ],
)  # fmt: skip
@pytest.mark.parametrize("headers", ["", HANDSHAKE])
def test_everything_else_is_not_found(running: LocalRun, target: str, headers: str) -> None:
    assert status(running, target, headers) == 404


@pytest.mark.parametrize(
    ("target", "headers", "method"),
    [
        ("/socket", HANDSHAKE, "POST"),
        ("/socket", "Content-Length: 5\r\n" + HANDSHAKE, "GET"),
        ("/socket", "Transfer-Encoding: chunked\r\n" + HANDSHAKE, "GET"),
        ("/socket?\xff\xfe", HANDSHAKE, "GET"),
    ],
)
def test_what_makes_the_engine_hang_up_does_not_reach_it(
    running: LocalRun, target: str, headers: str, method: str
) -> None:
    body = "5\r\nhello\r\n0\r\n\r\n" if "chunked" in headers else "hello"
    assert status(running, target, headers, method=method, body=body) == 404
    assert open_socket(running) == 101


def test_messages_far_larger_than_a_frame_go_through_whole(running: LocalRun) -> None:
    connected = json.dumps({"event": "websocket:connected", "content-type": "audio/l16;rate=16000"})
    headers, frame, largest = authorization(running.port), bytes(range(160)) * 4, 65536
    with connect(f"ws://127.0.0.1:{running.port}/socket", additional_headers=headers, compression=None) as socket:
        socket.send(connected)
        for size in (5000, 40_000, largest):
            socket.send(json.dumps({"event": "unknown", "text": "x" * (size - 32)}))
            socket.send(frame)
            assert socket.recv(DEADLINE) == frame
        socket.send("x" * (largest + 1))
        with pytest.raises(ConnectionClosedError) as closed:
            socket.recv(DEADLINE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


def test_the_scheme_of_a_trusted_proxy_and_the_requests_host_make_the_addresses(running: LocalRun) -> None:
    connect = fetch(running, QUESTION, Host="ab.ngrok.app", X_Forwarded_Proto="https", X_Forwarded_For="203.0.113.9")[
        -1
    ]
    assert connect["endpoint"][0]["uri"] == "wss://ab.ngrok.app/socket"
    assert connect["eventUrl"][0].startswith("https://ab.ngrok.app/webhooks/events?due=")


def test_a_large_body_in_chunks_is_refused(running: LocalRun) -> None:
    # Of a much larger one, the front resets the connection under the client's last writes.
    body = (b"x" * 1000 for _ in range(66))
    connection = running.connection()
    connection.request("POST", "/webhooks/events", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    assert answer.status == 413
    assert "65536 bytes" in json.load(answer)["error"]
    connection.close()


@pytest.mark.parametrize(
    ("size", "expected"), [(65_536, 400), (65_537, 413), (65_600, 413), (66_000, 413), (70_000, 413)]
)
def test_the_bound_of_a_body_is_exact(running: LocalRun, size: int, expected: int) -> None:
    connection = running.connection()
    for _ in range(5):  # each is answered whole, and at once
        connection.request("POST", "/webhooks/events", b"x" * size, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == expected
        assert json.load(answer)["error"]
    connection.close()


@pytest.mark.parametrize("path", ["/webhooks/answer", "/nothing", "/webhooks/nothing"])
def test_answers_are_neither_kept_nor_guessed_at(running: LocalRun, path: str) -> None:
    connection = running.connection()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in answer.headers


HYPHENATED = "-".join(CALLER)
ENCODED = "".join(f"%{ord(digit):02x}" for digit in CALLER)


@pytest.mark.parametrize(
    ("asked", "secret"),
    [
        ({"target": f"/call/{CALLER}/now"}, CALLER),
        ({"target": "/socket/eyJhbGciOiJIUzI1NiJ9.e30."}, "eyJ"),
        ({"target": f"/call/{HYPHENATED}"}, HYPHENATED),
        ({"target": f"/webhooks/answer/{ENCODED}"}, ENCODED),
        ({"target": f"/webhooks/{'eyj' * 9}"}, "eyj"),
        ({"target": f"http://{CALLER}/"}, CALLER),
        ({"target": "/", "host": CALLER}, CALLER),
        ({"target": "/", "host": f"{HYPHENATED}.example.com"}, HYPHENATED),
        ({"target": "/", "method": CALLER}, CALLER),
        ({"target": "/", "method": "EYJHBGCIOIJ"}, "EYJ"),
        ({"target": "/", "method": "DELETE", "headers": f"X-{CALLER}: {CALLER}\r\n"}, CALLER),
        ({"target": "/webhooks/events", "method": "POST", "headers": "Transfer-Encoding: chunked\r\n",
          "body": "0\r\neyJhbGciOiJIUzI1NiJ9\r\n\r\n"}, "eyJ"),
    ],
    ids=lambda value: str(value)[:70],
)  # fmt: skip
def test_what_a_stranger_makes_up_is_not_written(running: LocalRun, asked: dict[str, str], secret: str) -> None:
    line_of(running, ask(running, **asked))
    assert [line for line in running.process.lines if '"process": "caddy"' in line and secret in line] == []


@pytest.mark.parametrize(
    ("target", "route"),
    [
        (f"/webhooks/answer?from={CALLER}&amount=x", "/webhooks/answer"),
        ("/webhooks/events?nothing", "/webhooks/events"),
        ("/socket?token=a", "/socket"),
        ("http://localhost/socket", "/socket"),
        ("/socket/", "other"),
        ("/webhooks/metrics", "other"),
        ("/", "other"),
    ],
)
def test_a_line_names_the_route_of_its_request(running: LocalRun, target: str, route: str) -> None:
    line = line_of(running, ask(running, target, method="GET" if "answer" not in target else "PUT"))
    assert line["route"] == route
    assert not {"uri", "host", "headers"} & line["request"].keys()


def test_a_request_that_went_well_has_the_webhooks_line_only(running: LocalRun) -> None:
    printed = len(running.process.lines)
    good = ask(running, "/webhooks/events?status=ringing&uuid=a&conversation_uuid=b")
    bad = ask(running, "/webhooks/events")
    assert line_of(running, bad)["status"] == 400
    lines = [json.loads(line) for line in running.process.lines[printed:] if line.startswith("{")]
    assert [line["event"] for line in lines if line["process"] == "webhooks"].count("call event") == 1
    assert good.client_port not in [int(line["request"]["remote_port"]) for line in lines if "request" in line]


CHUNKED = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    "body",
    [
        "zz\r\n",
        "5;na\rme\r\nhello\r\n0\r\n\r\n",
        f"5;{'x' * 9000}\r\nhello\r\n0\r\n\r\n",
        "5\r\nhelloworld\r\n0\r\n\r\n",
        "".join(f"1;{'x' * 3000}\r\nx\r\n" for _ in range(20)) + "0\r\n\r\n",
        "2\r\n{}\r\n0\r\nno trailer\r\n\r\n",
        f"2\r\n{{}}\r\n0\r\n{'x' * 9000}",
    ],
    ids=lambda body: f"{body[:20]} ({len(body)})",
)
def test_chunks_that_cannot_be_read_are_the_clients_mistake(running: LocalRun, body: str) -> None:
    answer = ask(running, "/webhooks/events", CHUNKED, method="POST", body=body)
    line = line_of(running, answer)
    assert (answer.status, line["error"]) == (400, "malformed chunks")
    assert line["duration"] < 4, "it was tried again"


def test_good_chunks_get_through(running: LocalRun) -> None:
    body = '12;name="value"\r\n{"status": "ringin\r\n2\r\ng"\r\n1\r\n}\r\n0\r\nX-Trailer: x\r\n\r\n'
    assert status(running, "/webhooks/events", CHUNKED, method="POST", body=body) == 204
