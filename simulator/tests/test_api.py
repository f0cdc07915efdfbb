"""The public functions and the fixture, against applications in this process: in threads, and in its event loop."""

from __future__ import annotations

import asyncio
import json
import wave
from pathlib import Path
from typing import Any

import jwt
import numpy as np
import pytest
from flask import Flask, request
from websockets.asyncio.server import ServerConnection, serve

import voice_simulator
from simulator.tests.harness.echo_peer import StartPeer
from simulator.tests.harness.flask_server import serving
from simulator.tests.harness.placing import ncco
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator import check_application, check_application_async, place_call
from voice_simulator.pytest_plugin import VoiceCall


def answer_url(webhooks: WebhookServer) -> str:
    return f"{webhooks.address}/webhooks/answer"


def test_an_echo_is_told(voice_call: VoiceCall, webhooks: WebhookServer, start_peer: StartPeer, tmp_path: Path) -> None:
    peer = start_peer()
    webhooks.answer_with(ncco(peer.uri))
    call = voice_call(answer_url(webhooks), seconds=0.5, press=[("5", 0.2)])
    call.check()
    assert (call.outcome, call.errors, call.ended) == ("good", [], "caller hung up")
    assert (call.talks, call.actions) == (["Hello"], ["talk", "connect"])
    assert [event.kind for event in call.events][:3] == ["started", "ringing", "answered"]
    completed = call.events[-1]
    assert (completed.kind, completed.webhook) == ("completed", f"{webhooks.address}/webhooks/events")
    assert completed.body["status"] == "completed"
    assert completed.time > 0.5
    assert (call.frames["sent"], call.frames["returned"], call.lost) == (25, 25, 0)
    assert call.round_trip_ms is not None
    assert call.lag_ms is not None
    assert call.heard_seconds == 0.5
    assert (len(call.heard) / call.sample_rate) == pytest.approx(0.5, abs=0.2)
    assert np.abs(call.heard).max() > 1000
    call.save(tmp_path / "call.wav")
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, call.sample_rate)
    assert [text["digit"] for text in peer.texts if text.get("event") == "websocket:dtmf"] == ["5"]


def test_a_bot_that_uses_no_socket_is_told(voice_call: VoiceCall) -> None:
    bot = Flask(__name__)

    @bot.get("/webhooks/answer")
    def answer() -> list[dict[str, Any]]:
        menu = {"action": "input", "type": ["dtmf"], "dtmf": {"maxDigits": 1}, "eventUrl": [request.host_url + "menu"]}
        return [{"action": "talk", "text": "Press 1 or 2", "bargeIn": True}, menu]

    @bot.post("/menu")
    def menu() -> list[dict[str, Any]]:
        return [{"action": "talk", "text": f"You pressed {request.json['dtmf']['digits']}"}]

    with serving(bot) as address:
        call = voice_call(
            address.answer_url, expect="nothing", seconds=5, press=[("2", 0.5)], event_url=address.answer_url
        )
    assert call.talks == ["Press 1 or 2", "You pressed 2"]
    assert call.must("collected", "keys 2") == pytest.approx(0.5, abs=0.3)
    assert call.ended == "application"
    with pytest.raises(AssertionError, match="missed: talk 'thank you', in a call"):
        call.must("talk", "thank you")
    with pytest.raises(AssertionError, match="missed: audio"):
        call.must("audio")
    with pytest.raises(ValueError, match="a call has no 'speech'; it has talk, stream"):
        call.must("speech")


def test_an_unreachable_application_fails_the_check(voice_call: VoiceCall) -> None:
    call = voice_call("http://127.0.0.1:1/answer", seconds=0.1)
    assert (call.outcome, call.ended, call.talks) == ("connection_failed", "unanswered", [])
    assert (call.heard_seconds, len(call.heard)) == (0, 0)
    assert call.round_trip_ms is None
    with pytest.raises(AssertionError, match=r"error: answer webhook: http://127\.0\.0\.1:1/answer can't be reached"):
        call.check()


def test_a_scenario_is_played_and_judged(voice_call: VoiceCall, webhooks: WebhookServer, tmp_path: Path) -> None:
    webhooks.answer_with([{"action": "talk", "text": "Good morning"}])
    file = tmp_path / "scenario.yaml"
    file.write_text("seconds: 2\nmust:\n  - {talk: evening}\n")
    call = voice_call(answer_url(webhooks), scenario=file)
    assert call.errors == ["scenario, missed: talk 'evening'"]
    with pytest.raises(ValueError, match="press can't be given with a scenario"):
        voice_call(answer_url(webhooks), scenario=file, press=[("1", 1.0)])


def test_requests_are_signed_with_the_secret(voice_call: VoiceCall) -> None:
    bot, authorizations = Flask(__name__), []

    @bot.post("/webhooks/answer")
    def answer() -> list[dict[str, Any]]:
        authorizations.append(request.headers["Authorization"])
        return [{"action": "talk", "text": "Hi"}]

    with serving(bot) as address:
        voice_call(address.answer_url, expect="nothing", method="POST", seconds=0.1, signature_secret="a" * 32)
    token = authorizations[0].removeprefix("Bearer ")
    assert jwt.decode(token, "a" * 32, ["HS256"], {"verify_iat": False})["iss"] == "Vonage"


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"sek": 3}, TypeError, "a call has no option sek; it has method, event_url"),
        ({"press": "1@2.0"}, ValueError, "press must be pairs"),
        ({"expect": "Echo"}, ValueError, "expect must be echo or audio or nothing; it is 'Echo'"),
        ({"callee": "busyy"}, ValueError, "callee must be answers or busy or unanswered; it is 'busyy'"),
        ({"method": "get"}, ValueError, "method must be GET or POST; it is 'get'"),
        ({"spoken": "no"}, ValueError, "spoken must be True or False; it is 'no'"),
        ({"fallback_url": "nowhere"}, ValueError, "fallback_url must be an absolute http or https URL"),
        ({"scenario": "/missing.yaml"}, ValueError, "/missing.yaml: can't be read"),
        ({"ca": "/missing.pem"}, ValueError, "/missing.pem can't be used"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        place_call("http://127.0.0.1:1/answer", **options)


def test_a_check_reports_each_rule_and_raises_for_a_broken_one(webhooks: WebhookServer) -> None:
    webhooks.answer_with([{"action": "tlak", "text": "Hello"}])
    report = check_application(answer_url(webhooks), only=["ncco.shape", "webhooks.get"])
    assert {result.rule.id for result in report.results} == {"ncco.shape", "webhooks.get"}
    webhooks.answer_with([{"action": "talk", "text": "Hello"}])
    check_application(answer_url(webhooks), only="webhooks.get").check()
    with pytest.raises(ValueError, match=r"'nccos' is neither a rule nor a group\. Did you mean ncco\?"):
        check_application(answer_url(webhooks), skip=["nccos"])
    with pytest.raises(TypeError, match="sek"):
        check_application(answer_url(webhooks), sek=3)  # type: ignore[call-arg]


async def test_a_check_in_an_event_loop_says_what_was_not_reached() -> None:
    report = await check_application_async("http://127.0.0.1:1/answer", only="ncco")
    with pytest.raises(AssertionError, match=r"http://127\.0\.0\.1:1/answer can't be reached"):
        report.check()


async def test_an_application_in_the_tests_own_event_loop_is_called(voice_call: VoiceCall) -> None:
    async with serve(echo, "127.0.0.1", 0, compression=None) as sockets:
        uri = f"ws://127.0.0.1:{sockets.sockets[0].getsockname()[1]}/socket"
        async with await asyncio.start_server(lambda r, w: answer_http(r, w, ncco(uri)), "127.0.0.1", 0) as webhooks:
            url = f"http://127.0.0.1:{webhooks.sockets[0].getsockname()[1]}/webhooks/answer"
            call = await voice_call.place(url, seconds=0.5, event_url=url)
    assert (call.frames["sent"], call.frames["returned"]) == (25, 25)


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        if isinstance(message, bytes):
            await connection.send(message)


async def answer_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, actions: Any) -> None:
    """Answer a GET with an NCCO and a POST with nothing, one request a connection."""
    request_line = await reader.readline()
    await reader.readuntil(b"\r\n\r\n")
    body = json.dumps(actions).encode() if request_line.startswith(b"GET") else b""
    status = b"200 OK\r\nContent-Type: application/json" if body else b"204 No Content"
    writer.write(b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))
    await writer.drain()
    writer.close()


async def test_it_never_blocks_a_running_event_loop(voice_call: VoiceCall) -> None:
    with pytest.raises(RuntimeError, match=r"await place_call_async"):
        voice_call("http://127.0.0.1:1/answer")


def test_every_public_name_is_there() -> None:
    assert all(hasattr(voice_simulator, name) for name in voice_simulator.__all__)
