"""Who gets in: tokens at a real engine, over TCP."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus
from websockets.http11 import Request
from websockets.server import ServerProtocol

from echo_engine.admission import Admission
from echo_engine.calls import Calls
from echo_engine.context import Context
from echo_engine.handshake import respond
from tests.harness.engine import CONNECTED, FRAME, Running, StartEngine, context_of
from tests.harness.forge import OTHER_SECRET, SOCKET_SECRET, socket_token
from tests.harness.process import DEADLINE

UPGRADE = {
    "Host": "test",
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
NOW = 1_700_000_000
GOOD: dict[str, Any] = {"iat": NOW, "exp": NOW + 300}
REFUSED = {
    "missing": None,
    "malformed": "Bearer a.b.c",
    "wrong_signature": f"Bearer {socket_token(secret=OTHER_SECRET)}",
    "wrong_algorithm": f"Bearer {socket_token(secret=None, header={'alg': 'none'})}",
    "wrong_audience": f"Bearer {socket_token(aud='another-server')}",
    "wrong_claims": f"Bearer {socket_token(exp=None)}",
    "expired": f"Bearer {socket_token(exp=1)}",
    "from_the_future": f"Bearer {socket_token(iat=2**40, exp=2**40 + 1)}",
}


def engine(max_calls: int = 2000, secrets: tuple[str, ...] = (SOCKET_SECRET,)) -> Context:
    calls = Calls(max_calls)
    admission = Admission(calls, secrets, wall_clock=lambda: NOW)
    return context_of(calls, admission)


def ask(context: Context, authorization: str | None, path: str = "/socket", **changes: str) -> int:
    headers = Headers(UPGRADE | {name.replace("_", "-"): value for name, value in changes.items()})
    if authorization is not None:
        headers["Authorization"] = authorization
    return respond(ServerProtocol(), Request(path, headers), context)[0].status_code


def dial(engine: Running, authorization: str | None) -> connect:
    headers = {} if authorization is None else {"Authorization": authorization}
    return connect(engine.url, compression=None, proxy=None, additional_headers=headers)


async def test_a_token_lets_its_call_in_and_names_it_in_the_log(start_engine: StartEngine) -> None:
    engine = await start_engine(SOCKET_AUTH="on", SOCKET_SECRET=SOCKET_SECRET)
    with capture_logs() as lines:
        async with dial(engine, f"Bearer {socket_token(call_uuid='u-7', conversation_uuid='CON-7')}") as call:
            await call.send(CONNECTED)  # says that it is another call
            await call.send(FRAME)
            assert await call.recv() == FRAME
        while engine.metric("echo_engine_calls_open"):
            await asyncio.sleep(0.01)
    assert [line["event"] for line in lines] == ["call started", "call ended"]
    assert {(line["call_uuid"], line["conversation_uuid"]) for line in lines} == {("u-7", "CON-7")}


@pytest.mark.parametrize(("reason", "authorization"), REFUSED.items())
async def test_without_a_good_token_nobody_gets_in(
    start_engine: StartEngine, reason: str, authorization: str | None
) -> None:
    engine = await start_engine(SOCKET_AUTH="on", SOCKET_SECRET=SOCKET_SECRET)
    with capture_logs() as lines, pytest.raises(InvalidStatus) as caught:
        await dial(engine, authorization).__aenter__()
    response = caught.value.response
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, 'Bearer realm="socket"')
    assert response.body == b"The token that the answer webhook gave out is needed.\n", "the same for all"
    (line,) = lines
    assert (line["log_level"], line["event"], line["reason"]) == ("warning", "handshake refused", reason)
    assert authorization is None or authorization not in str(line)
    assert engine.metric(f'echo_engine_tokens_refused_total{{reason="{reason}"}}') == 1
    assert engine.metric('echo_engine_handshakes_refused_total{status="401"}') == 1
    assert engine.metric("echo_engine_calls_total") == 0


async def test_a_token_that_expires_in_mid_call_does_not_cut_it(start_engine: StartEngine) -> None:
    engine = await start_engine(SOCKET_AUTH="on", SOCKET_SECRET=SOCKET_SECRET)
    skewed = int(time.time()) - 59  # it is only the skew between two clocks that lets this one in
    async with dial(engine, f"Bearer {socket_token(exp=skewed)}") as call:
        while time.time() <= skewed + 61:
            await call.send(FRAME)
            assert await call.recv() == FRAME
            await asyncio.sleep(0.02)


async def test_socket_auth_off_is_said_loudly(start_engine: StartEngine) -> None:
    with capture_logs() as lines:
        engine = await start_engine(SOCKET_AUTH="off")
    assert [line["event"] for line in lines if line["log_level"] == "warning"] == [
        "SOCKET_AUTH is off: anyone can open the socket"
    ]
    async with dial(engine, None), dial(engine, "Bearer a.b.c"):
        pass


def test_paths_and_bad_handshakes_are_judged_before_tokens_and_tokens_before_room() -> None:
    full = engine(max_calls=0)
    assert ask(full, None, "/nowhere") == 404
    assert ask(full, None, "/socket/") == 404
    assert ask(full, None, Sec_WebSocket_Version="8") == 400
    assert ask(full, None, Upgrade="h2c") == 426
    assert ask(full, None) == 401
    assert ask(full, f"Bearer {socket_token(**GOOD)}") == 503
    full.calls.drain()
    assert ask(full, None) == 401
    assert ask(full, f"Bearer {socket_token(**GOOD)}") == 503
    assert ask(engine(), f"Bearer {socket_token(**GOOD)}") == 101


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_the_operators_pages_need_no_token(path: str) -> None:
    assert ask(engine(), None, path) == 200


@pytest.mark.parametrize(
    "sent",
    [b"hello\r\n\r\n", b"GET /socket HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nabc", b"\x16\x03\x01\n\n"],
)
async def test_bytes_that_are_no_request_get_an_answer(start_engine: StartEngine, sent: bytes) -> None:
    running = await start_engine()
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(sent)
    assert (await asyncio.wait_for(reader.read(), DEADLINE)).startswith(b"HTTP/1.1 400 ")
    writer.close()
