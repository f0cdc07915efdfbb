from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest

from shared.audio import AudioFormat
from simulator.call_plan import CallPlan
from simulator.call_result import CallResult, Outcome
from simulator.caller import Digit
from simulator.calls import place_calls
from simulator.speech import SAMPLE_FILE, read_speech

if TYPE_CHECKING:
    from websockets.sync.server import ServerConnection

    from tests.simulator.conftest import EchoPeer, WebhookServer

    StartPeer = Callable[..., EchoPeer]

SECONDS = 0.1
FRAMES = 5
SPEECH = read_speech(SAMPLE_FILE, SECONDS)


def ncco(uri: str, **endpoint: Any) -> list[dict[str, Any]]:
    whole = {"type": "websocket", "uri": uri, "content-type": "audio/l16;rate=16000"} | endpoint
    return [{"action": "talk", "text": "Hello"}, {"action": "connect", "endpoint": [whole]}]


def plan(webhooks: WebhookServer, **changes: Any) -> CallPlan:
    options: dict[str, Any] = {"seconds": SECONDS, "speech": SPEECH} | changes
    return CallPlan(
        answer_url=f"{webhooks.address}/webhooks/answer",
        event_url=f"{webhooks.address}/webhooks/events",
        fallback_url=f"{webhooks.address}/webhooks/fallback",
        **options,
    )


async def place_call(webhooks: WebhookServer, **changes: Any) -> CallResult:
    (result,) = await place_calls(plan(webhooks, **changes), watch=lambda results: None)
    return result


async def test_a_good_call(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    peer = start_peer()
    headers = {"call_uuid": "u"}
    authorization = {"type": "custom", "value": "Bearer t"}
    answer = ncco(peer.uri, headers=headers, authorization=authorization)
    answer[1] |= {"eventUrl": [f"{webhooks.address}/webhooks/events?attempt=1"], "from": "442079460000"}
    webhooks.answer_with(answer)
    result = await place_call(webhooks, digits=(Digit("5", 0.08), Digit("#", 0.04)))

    assert result.errors == result.warnings == []
    assert result.outcome is Outcome.GOOD
    assert result.check.frames_returned == len(result.late) == FRAMES
    assert result.answer_seconds
    assert result.connect_seconds

    assert await asyncio.to_thread(peer.ended.wait, 5)
    assert peer.authorization == ["Bearer t"]
    assert not {"user-agent", "origin", "sec-websocket-extensions"} & set(peer.handshake_names)
    assert peer.texts == [
        {"event": "websocket:connected", "content-type": "audio/l16;rate=16000", "call_uuid": "u"},
        {"event": "websocket:dtmf", "digit": "#", "duration": 260},
        {"event": "websocket:dtmf", "digit": "5", "duration": 260},
    ]
    assert peer.close_codes == [1000]


async def test_the_requests_are_the_platforms(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    peer = start_peer()
    answer = ncco(peer.uri, headers={"call_uuid": "u"})
    answer[1] |= {"eventUrl": [f"{webhooks.address}/webhooks/events?attempt=1"], "from": "442079460000"}
    webhooks.answer_with(answer)
    await place_call(webhooks)

    first = webhooks.requests[0]
    assert first.method == "GET"
    assert {"from", "to", "uuid", "conversation_uuid"} <= first.fields.keys()
    assert re.fullmatch("[0-9a-f]{32}", first.fields["uuid"])

    events = webhooks.events()
    assert {event["conversation_uuid"] for event in events} == {first.fields["conversation_uuid"]}
    caller_leg = [event for event in events if event["uuid"] == first.fields["uuid"]]
    assert [event["status"] for event in caller_leg] == ["started", "ringing", "answered", "completed"]
    assert {(event["from"], event["to"], event["direction"]) for event in caller_leg} == {
        ("447700900123", "442079460000", "inbound")
    }
    assert caller_leg[-1]["duration"].isdigit()
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["timestamp"]) for event in events)

    socket_leg = [request for request in webhooks.requests[1:] if request.fields["uuid"] != first.fields["uuid"]]
    assert [request.path for request in socket_leg] == ["/webhooks/events?attempt=1"] * 3
    assert [request.fields["status"] for request in socket_leg] == ["ringing", "answered", "completed"]
    assert all(request.fields["to"] == peer.uri for request in socket_leg)
    assert all(request.fields["headers"] == {"call_uuid": "u"} for request in socket_leg)


async def test_webhooks_by_post_and_events_by_get(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    answer = ncco(start_peer().uri)
    answer[1] |= {"eventUrl": [f"{webhooks.address}/webhooks/events"], "eventMethod": "GET"}
    webhooks.answer_with(answer)
    result = await place_call(webhooks, method="POST")
    assert result.outcome is Outcome.GOOD
    methods = [request.method for request in webhooks.requests]
    assert methods == ["POST", "POST", "POST", "POST", "GET", "GET", "GET", "POST"]


@pytest.mark.parametrize("audio_format", AudioFormat)
async def test_every_format(audio_format: AudioFormat, webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with(ncco(start_peer().uri, **{"content-type": audio_format.content_type}))
    result = await place_call(webhooks, audio_kept=True)
    assert result.outcome is Outcome.GOOD
    assert result.audio is not None
    assert [len(frame) for frame in result.audio] == [audio_format.frame_bytes] * FRAMES


async def test_many_calls_stay_apart(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with(ncco(start_peer().uri))
    seen: list[int] = []
    results = await place_calls(plan(webhooks, calls=5), watch=lambda results: seen.append(len(results)))
    assert [result.outcome for result in results] == [Outcome.GOOD] * 5
    assert len({result.conversation_uuid for result in results}) == 5
    assert set(seen) == {5}


async def test_frames_of_another_call_are_foreign(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    connections: list[ServerConnection] = []

    def send_to_all(connection: ServerConnection, frame: bytes, number: int) -> None:
        if connection not in connections:
            connections.append(connection)
        for each in connections:
            each.send(frame)

    webhooks.answer_with(ncco(start_peer(send_to_all).uri))
    results = await place_calls(plan(webhooks, calls=2, echo_patience=0.3), watch=lambda results: None)
    assert Outcome.AUDIO_WRONG in [result.outcome for result in results]
    assert sum(result.check.frames_foreign for result in results) > 0
    assert sum(result.check.frames_corrupted for result in results) == 0


def lose(connection: ServerConnection, frame: bytes, number: int) -> None:
    if number != 3:
        connection.send(frame)


def corrupt(connection: ServerConnection, frame: bytes, number: int) -> None:
    connection.send(frame[:-1] + bytes([frame[-1] ^ 1]) if number == 3 else frame)


def double(connection: ServerConnection, frame: bytes, number: int) -> None:
    connection.send(frame)
    if number == 3:
        connection.send(frame)


class Swap:
    """Holds one frame back until the next has been sent."""

    held = b""

    def __call__(self, connection: ServerConnection, frame: bytes, number: int) -> None:
        if number == 3:
            self.held = frame
        else:
            connection.send(frame)
        if number == 4:
            connection.send(self.held)


@pytest.mark.parametrize(
    ("react", "fault"),
    [(lose, "1 lost"), (corrupt, "1 corrupted"), (double, "1 duplicated"), (Swap(), "1 out of order")],
)
async def test_wrong_audio(react: object, fault: str, webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with(ncco(start_peer(react).uri))
    result = await place_call(webhooks, echo_patience=0.3)
    assert result.outcome is Outcome.AUDIO_WRONG
    assert result.errors == [f"audio, of {FRAMES} frames sent: {fault}"]


def close(connection: ServerConnection, frame: bytes, number: int) -> None:
    if number == 3:
        connection.close(1011, "boom")
    connection.send(frame)


def vanish(connection: ServerConnection, frame: bytes, number: int) -> None:
    if number == 3:
        connection.socket.shutdown(socket.SHUT_RDWR)
    connection.send(frame)


@pytest.mark.parametrize(("react", "closed"), [(close, "code 1011 boom"), (vanish, "code 1006")])
async def test_a_server_that_closes_in_mid_call(
    react: object, closed: str, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    peer = start_peer(react)
    webhooks.answer_with(ncco(peer.uri, headers={"call_uuid": "u"}))
    result = await place_call(webhooks)
    assert result.outcome is Outcome.CONNECTION_FAILED
    assert re.fullmatch(rf"the server closed the socket after 0\.\d\d s of audio, {closed}", result.errors[0])

    caller_leg, socket_leg = (webhooks.requests[0].fields["uuid"], webhooks.events()[-2])
    assert socket_leg["status"] == "disconnected"
    assert socket_leg["uuid"] != caller_leg
    assert socket_leg["to"] == peer.uri
    assert socket_leg["headers"] == {"call_uuid": "u"}
    assert (webhooks.events()[-1]["status"], webhooks.events()[-1]["uuid"]) == ("completed", caller_leg)


def join(connection: ServerConnection, frame: bytes, number: int) -> None:
    connection.send(frame + frame)


async def test_a_message_that_is_no_frame_ends_the_leg(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with(ncco(start_peer(join).uri))
    result = await place_call(webhooks)
    assert result.outcome is Outcome.AUDIO_WRONG
    assert result.errors[0] == "the server sent unexpected frame size 1280, when required 640"
    assert webhooks.events()[-2]["status"] == "disconnected"


async def test_a_socket_that_nobody_answers(webhooks: WebhookServer) -> None:
    webhooks.answer_with(ncco("ws://127.0.0.1:1/socket"))
    result = await place_call(webhooks)
    assert result.outcome is Outcome.CONNECTION_FAILED
    assert result.errors[0].startswith("socket ws://127.0.0.1:1/socket: ")
    assert [event["status"] for event in webhooks.events()][-2:] == ["failed", "completed"]


async def test_a_socket_that_is_refused(webhooks: WebhookServer) -> None:
    webhooks.script("/socket", {"status": 503, "body": b"draining"})
    uri = webhooks.address.replace("http", "ws") + "/socket"
    webhooks.answer_with(ncco(uri))
    result = await place_call(webhooks)
    assert result.outcome is Outcome.CONNECTION_FAILED
    assert result.errors == [f"socket {uri}: the handshake was answered 503 Service Unavailable draining"]
    assert [event["status"] for event in webhooks.events()][-2:] == ["rejected", "completed"]


async def test_a_wrong_ncco(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    peer = start_peer()
    answer = ncco(peer.uri)
    webhooks.answer_with([*answer, answer[0]])
    result = await place_call(webhooks)
    assert result.outcome is Outcome.NCCO_WRONG
    problem = "NCCO[1]: no action may follow the connect; 1 do"
    assert result.errors == [problem]
    rejection, completed = webhooks.events()[-2:]
    assert rejection.keys() == {"reason", "conversation_uuid", "timestamp"}
    assert rejection["reason"] == f"Syntax error in NCCO. {problem}"
    assert completed["status"] == "completed"
    assert peer.texts == []


async def test_an_ncco_without_a_socket(webhooks: WebhookServer) -> None:
    webhooks.answer_with([{"action": "talk", "text": "Hello"}])
    result = await place_call(webhooks)
    assert result.outcome is Outcome.NCCO_WRONG
    assert result.errors == ["the NCCO has no connect: there is no echo to check"]


async def test_an_answer_webhook_that_fails_brings_in_the_fallback(webhooks: WebhookServer) -> None:
    webhooks.script("/webhooks/answer", {"status": 500})
    sorry = json.dumps([{"action": "talk", "text": "Sorry"}]).encode()
    webhooks.script("/webhooks/fallback", {"status": 200, "body": sorry})
    result = await place_call(webhooks, method="POST")
    assert result.outcome is Outcome.CONNECTION_FAILED
    reason = f"{webhooks.address}/webhooks/answer answered 500 Internal Server Error"
    assert result.errors == [f"answer webhook: {reason}"]

    answer, fallback = webhooks.requests[:2]
    original = {"url": f"{webhooks.address}/webhooks/answer", "type": "POST"}
    assert fallback.path == "/webhooks/fallback"
    assert fallback.fields == answer.fields | {"reason": reason, "original_request": original}


async def test_no_webhook_at_all(webhooks: WebhookServer) -> None:
    webhooks.script("/webhooks/answer", {"status": 500})
    webhooks.script("/webhooks/fallback", {"status": 404})
    result = await place_call(webhooks)
    assert result.outcome is Outcome.CONNECTION_FAILED
    assert [error.partition(":")[0] for error in result.errors] == ["answer webhook", "fallback webhook"]


async def test_a_failing_event_webhook_is_a_warning(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with(ncco(start_peer().uri))
    webhooks.script("/webhooks/events", {"status": 204}, {"status": 400, "body": b"no"}, {"status": 204})
    result = await place_call(webhooks)
    assert result.outcome is Outcome.GOOD
    assert result.warnings == [f"event ringing: {webhooks.address}/webhooks/events answered 400 Bad Request no"]


async def test_a_greeting_takes_its_time(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    answer = ncco(start_peer().uri)
    answer[0] |= {"text": "ab", "loop": 2}  # 4 characters
    webhooks.answer_with(answer)
    start = perf_counter()
    await place_call(webhooks, greeting_spoken=True)
    assert perf_counter() - start > 4 / 15 + SECONDS - 0.02


async def test_a_signature_that_can_t_be_sent_is_a_warning(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    peer = start_peer()
    webhooks.answer_with(ncco(peer.uri, authorization={"type": "vonage"}))
    result = await place_call(webhooks)
    assert peer.authorization == [None]
    assert result.warnings == ["authorization of type vonage: this simulator has no signature to send"]
