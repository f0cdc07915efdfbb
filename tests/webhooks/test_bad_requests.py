from __future__ import annotations

import json

import pytest

from tests.harness.gunicorn_server import Server, exchange


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


@pytest.mark.parametrize("size", [65_537, 1_000_000])
def test_large_body(server: Server, size: int) -> None:
    connection = server.connection()
    connection.request("POST", "/webhooks/events", b" " * size, {"Content-Type": "application/json"})
    response = connection.getresponse()
    assert (response.status, response.getheader("Content-Type")) == (413, "application/json")
    assert "at most 65536 bytes" in json.load(response)["error"]
    connection.close()


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
