"""Who gets in: tokens at a real engine, over TCP."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus
from websockets.http11 import Request
from websockets.server import ServerProtocol

from echo_engine.handshake import Door, respond
from echo_engine.metrics import Metrics
from echo_engine.watchdog import Limits
from tests.harness.engine import CONNECTED, FRAME, Running, StartEngine
from tests.harness.forge import OTHER_SECRET, SOCKET_SECRET, socket_token

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
    "from_the_future": f"Bearer {socket_token(iat=2**40)}",
}


def door(**limits: int) -> Door:
    return Door(Metrics(), Limits(**limits), (SOCKET_SECRET,), clock=lambda: NOW)


def knock(door: Door, authorization: str | None, path: str = "/socket", **changes: str) -> int:
    headers = Headers(UPGRADE | {name.replace("_", "-"): value for name, value in changes.items()})
    if authorization is not None:
        headers["Authorization"] = authorization
    return respond(ServerProtocol(), Request(path, headers), door)[0].status_code


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
        "SOCKET_AUTH is off: whoever reaches the socket gets in"
    ]
    async with dial(engine, None), dial(engine, "Bearer a.b.c"):
        pass


def test_paths_and_bad_handshakes_are_judged_before_tokens_and_tokens_before_room() -> None:
    full = door(max_calls=0)
    assert knock(full, None, "/nowhere") == 404
    assert knock(full, None, Sec_WebSocket_Version="8") == 400
    assert knock(full, None, Upgrade="h2c") == 426
    assert knock(full, None) == 401
    assert knock(full, f"Bearer {socket_token(**GOOD)}") == 503
    full.metrics.draining = True
    assert knock(full, None) == 401
    assert knock(full, f"Bearer {socket_token(**GOOD)}") == 503
    assert knock(door(), f"Bearer {socket_token(**GOOD)}") == 101


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_the_operators_pages_need_no_token(path: str) -> None:
    assert knock(door(), None, path) == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"iat": NOW + 60}, 101), ({"iat": NOW + 61}, 401), ({"exp": NOW - 60}, 101), ({"exp": NOW - 61}, 401)],
)
def test_clocks_may_be_a_minute_apart(changes: dict[str, Any], status: int) -> None:
    assert knock(door(), f"Bearer {socket_token(**(GOOD | changes))}") == status


def test_any_of_the_secrets_lets_in() -> None:
    rotated = Door(Metrics(), Limits(), (OTHER_SECRET, SOCKET_SECRET), clock=lambda: NOW)
    for secret in (SOCKET_SECRET, OTHER_SECRET):
        assert knock(rotated, f"Bearer {socket_token(secret=secret, **GOOD)}") == 101


@settings(deadline=None)
@given(st.from_regex(r"(Bearer )?[\t -~\x80-\xff]*", fullmatch=True))
def test_no_authorization_is_the_engines_fault(authorization: str) -> None:
    assert knock(door(), authorization) == 401
    assert knock(Door(Metrics(), Limits(), ()), authorization) == 101
