"""Who may use the phone, its files, and its calls side by side."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from http.client import HTTPConnection

import pytest
from websockets.asyncio.client import connect as connect_socket
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from simulator.tests.harness.echo_peer import StartPeer
from simulator.tests.harness.phone import Page, phone, phone_plan
from simulator.tests.harness.placing import connect
from simulator.tests.harness.webhook_server import WebhookServer, webhook_server
from voice_simulator.phone.protocol import FrameKind


@pytest.fixture
async def port(webhooks: WebhookServer) -> AsyncIterator[int]:
    webhooks.answer_with([{"action": "wait", "timeout": 60}])
    async with phone(phone_plan(webhooks)) as port:
        yield port


def fetch(port: int, path: str = "/", host: str | None = None) -> tuple[int, dict[str, str]]:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path, headers={} if host is None else {"Host": host})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, dict(response.headers)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:{port}0"]
)
async def test_another_host_is_refused(host: str, port: int) -> None:
    status, headers = await asyncio.to_thread(fetch, port, "/", host.format(port=port))
    assert status == 403
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
async def test_this_machines_own_names_are_let_in(host: str, port: int) -> None:
    status, _ = await asyncio.to_thread(fetch, port, "/nothing.js", f"{host}:{port}")
    assert status == 404


def send_raw(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
        raw.sendall(request)
        return raw.recv(4096)


@pytest.mark.parametrize("hosts", [b"", b"Host: 127.0.0.1:%d\r\nHost: evil.example\r\n"])
async def test_no_host_and_two_hosts_are_refused(hosts: bytes, port: int) -> None:
    head = hosts % port if b"%d" in hosts else hosts
    answer = await asyncio.to_thread(send_raw, port, b"GET / HTTP/1.1\r\n" + head + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize(
    "origin",
    [None, "null", "http://evil.example", "http://127.0.0.1:1", "https://127.0.0.1:{port}", "http://localhost"],
)
async def test_a_socket_of_another_origin_is_refused(origin: str | None, port: int) -> None:
    own = None if origin is None else Origin(origin.format(port=port))
    with pytest.raises(InvalidStatus, match="403"):
        await connect_socket(f"ws://127.0.0.1:{port}/call", origin=own, proxy=None)


async def test_a_socket_to_another_host_is_refused_whatever_its_origin(port: int) -> None:
    request = (
        f"GET /call HTTP/1.1\r\nHost: evil.example:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    assert (await asyncio.to_thread(send_raw, port, request.encode())).startswith(b"HTTP/1.1 403 ")


async def test_the_phone_listens_on_this_machine_only(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        assert other.connect_ex(("127.0.0.2", port)) != 0


async def test_the_page_hears_what_it_calls(port: int, webhooks: WebhookServer) -> None:
    async with Page(port) as page:
        hello = await page.wait_for("hello")
        assert hello["application"]["answer_url"] == f"{webhooks.address}/webhooks/answer"
        assert (hello["from"], hello["to"], hello["signed"]) == ("447700900123", "442079460000", False)
        assert hello["most_calls"] == 8


async def test_a_second_tab_has_a_second_call(port: int) -> None:
    async with Page(port) as one, Page(port) as other:
        await one.do("call", voice="speech")
        await other.do("call", voice="speech")
        first, second = await one.wait_for("call_began"), await other.wait_for("call_began")
        assert first["conversation_uuid"] != second["conversation_uuid"]
        await one.do("hang_up")
        await one.wait_for("call_ended")
        said = len(other.of(FrameKind.SAID))
        await other.wait_for_frames(FrameKind.SAID, said + 5)


async def test_the_ninth_call_is_not_placed(port: int) -> None:
    async with AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(Page(port)) for _ in range(9)]
        for page in pages[:8]:
            await page.do("call", voice="speech")
            await page.wait_for("call_answered")
        await pages[8].do("call", voice="speech")
        assert "Eight calls" in (await pages[8].wait_for("not_placed"))["sentence"]
        assert not pages[8].named("call_began")
        await pages[0].do("hang_up")
        await pages[0].wait_for("call_ended")
        await pages[8].do("call", voice="speech")
        await pages[8].wait_for("call_answered")


async def test_a_lost_tab_hangs_up(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    peer = start_peer()
    webhooks.answer_with([connect(peer.uri, webhooks.events_url(1))])
    async with phone(phone_plan(webhooks)) as port, Page(port) as page:
        await page.do("call", voice="speech")
        await page.wait_for_frames(FrameKind.HEARD, 5)
        page.connection.transport.abort()
        assert await asyncio.to_thread(peer.ended.wait, 5)
        assert peer.close_codes == [1000]
    assert [event["status"] for event in webhooks.events()].count("completed") == 2


async def test_the_end_of_the_phone_hangs_up(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    peer = start_peer()
    webhooks.answer_with([connect(peer.uri, webhooks.events_url(1))])
    async with AsyncExitStack() as stack:
        async with phone(phone_plan(webhooks)) as port:
            page = await stack.enter_async_context(Page(port))
            await page.do("call", voice="speech")
            await page.wait_for_frames(FrameKind.HEARD, 5)
        assert (await page.wait_for("call_ended"))["why"] == "hung_up"
    assert await asyncio.to_thread(peer.ended.wait, 5)


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("call", "a message must be a JSON object"),
        ("[]", "a message must be a JSON object"),
        ('{"do": "hang_up"}', "there is no call"),
        ('{"do": "call", "voice": "song"}', "voice must be microphone or speech"),
        ('{"do": "call", "voice": "speech", "from": 44}', "from must be text"),
        ('{"do": "send_again", "id": 0}', "no call of this tab has sent a request"),
        (b"short", "a header of 8 bytes"),
    ],
)
async def test_what_a_page_says_wrongly_is_told(message: str | bytes, sentence: str, port: int) -> None:
    async with Page(port) as page:
        await page.connection.send(message)
        assert sentence in (await page.wait_for("error"))["sentence"]


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ('{"do": "dance"}', "do must be call, send_again, hang_up"),
        ('{"do": "send_again", "id": 99}', "has sent no request 99"),
        ('{"do": "key", "digit": "12"}', "digit must be 0 or 1"),
        ('{"do": "fault", "fault": "fire"}', "fault must be stall or cut"),
        ('{"do": "fault", "fault": "stall", "seconds": 1e9}', "seconds must be a number from 0.1 to 30"),
        ('{"do": "call", "voice": "speech"}', "a call is going on in this tab"),
        (bytes(8 + 641), "a frame of 20 ms has 320, 640, 960 bytes; this one has 641"),
    ],
)
async def test_what_a_page_says_wrongly_in_a_call_is_told(message: str | bytes, sentence: str, port: int) -> None:
    async with Page(port) as page:
        await page.do("call", voice="microphone")
        await page.wait_for("call_answered")
        await page.connection.send(message)
        assert sentence in (await page.wait_for("error"))["sentence"]
        await page.do("hang_up")
        assert (await page.wait_for("call_ended"))["why"] == "hung_up"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"from": "+44"}, "caller must be a number of 1 to 15 digits"),
        ({"answer_url": "http://10.0.0.1/answer"}, "http://10.0.0.1 was not allowed when the phone was started"),
        ({"answer_url": "http://app.example.evil/x"}, "was not allowed"),
        ({"answer_url": "https://app.example:444/x"}, "was not allowed"),
        ({"answer_url": "http://localhost@10.0.0.1/"}, "http://10.0.0.1 was not allowed"),
        ({"answer_url": "http://127.0.0.1.evil.example/"}, "was not allowed"),
        ({"answer_url": "file:///etc/passwd"}, "must begin with http:// or https://"),
        ({"answer_url": "http://[::1"}, "must begin with http:// or https://"),
    ],
)
async def test_an_application_that_was_not_allowed_is_not_called(
    asked: dict[str, str], sentence: str, webhooks: WebhookServer
) -> None:
    async with phone(phone_plan(webhooks), ["https://app.example"]) as port, Page(port) as page:
        await page.do("call", voice="speech", **asked)
        assert sentence in (await page.wait_for("not_placed"))["sentence"]
    assert not webhooks.requests


async def test_another_application_of_this_machine_is_called_by_its_own_method_and_a_request_sent_again(
    port: int,
) -> None:
    with webhook_server() as other:
        other.answer_with([{"action": "wait", "timeout": 60}])
        async with Page(port) as page:
            await page.do("call", voice="speech", answer_url=f"{other.address}/webhooks/answer", method="POST")
            await page.wait_for("call_answered")
            await page.do("hang_up")
            await page.wait_for("judged")
            request = await page.wait_for("request_sent", webhook="answer")
            other.script("/webhooks/answer", {"status": 503, "body": b"busy", "content_type": "text/plain"})
            await page.do("send_again", id=request["id"])
            again = await page.wait_for("sent_again")
    assert (again["status"], again["reason"], again["body"]) == (503, "Service Unavailable", "busy")
    first, *_, last = other.requests
    assert first == last
    assert first.method == "POST"
    assert "completed" in [event["status"] for event in other.events()]
