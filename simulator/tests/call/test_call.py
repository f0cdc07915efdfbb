from __future__ import annotations

import asyncio
import re
from time import perf_counter

import pytest

from simulator.tests.harness.echo_peer import Line, StartPeer
from simulator.tests.harness.placing import FRAMES, SECONDS, connect, ncco, place_call, plan, script
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.audio.format import AudioFormat
from voice_simulator.call.calls import place_calls
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.script import Digit


async def test_a_good_call(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    peer = start_peer()
    headers = {"call_uuid": "u"}
    authorization = {"type": "custom", "value": "Bearer t"}
    answer = ncco(peer.uri, headers=headers, authorization=authorization)
    answer[1] |= {"eventUrl": [f"{webhooks.address}/webhooks/events?attempt=1"], "from": "442079460000"}
    webhooks.answer_with(answer)
    result = await place_call(webhooks, script(digits=(Digit("5", 0.08), Digit("#", 0.04))))

    assert result.verdict.errors == result.verdict.warnings == []
    assert result.verdict.outcome is Outcome.GOOD
    assert result.record.frames.returned == len(result.record.frames.late) == FRAMES
    assert result.answer_seconds is not None
    assert result.connect_seconds is not None

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
    assert (caller_leg[-1]["disconnected_by"], caller_leg[-1]["sip_code"]) == ("user", 200)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["timestamp"]) for event in events)

    socket_leg = [request for request in webhooks.requests[1:] if request.fields["uuid"] != first.fields["uuid"]]
    assert [request.path for request in socket_leg] == ["/webhooks/events?attempt=1"] * 3
    assert [request.fields["status"] for request in socket_leg] == ["ringing", "answered", "completed"]
    assert all(request.fields["to"] == peer.uri for request in socket_leg)
    assert all(request.fields["headers"] == {"call_uuid": "u"} for request in socket_leg)


@pytest.mark.parametrize("audio_format", AudioFormat)
async def test_every_format(audio_format: AudioFormat, webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with(ncco(start_peer().uri, **{"content-type": audio_format.content_type}))
    result = await place_call(webhooks, script(audio_kept=True))
    assert result.verdict.outcome is Outcome.GOOD
    assert result.sound is not None
    said, heard = result.sound.said, result.sound.heard[:FRAMES]  # silence may follow
    for frames in (said, heard):
        assert [len(frame) for _, frame in frames] == [audio_format.frame_bytes] * FRAMES
    assert all(heard_at >= said_at for (said_at, _), (heard_at, _) in zip(said, heard, strict=True))


async def test_many_calls_stay_apart(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with(ncco(start_peer().uri))
    seen: list[int] = []
    results = await place_calls(plan(webhooks, calls=5), watch=lambda results: seen.append(len(results)))
    assert [result.verdict.outcome for result in results] == [Outcome.GOOD] * 5
    assert len({result.conversation_uuid for result in results}) == 5
    assert set(seen) == {5}


async def test_frames_of_another_call_are_foreign(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    connections: list[Line] = []

    def send_to_all(connection: Line, frame: bytes, number: int) -> None:
        if connection not in connections:
            connections.append(connection)
        for each in connections:
            each.send(frame)

    webhooks.answer_with(ncco(start_peer(send_to_all).uri))
    results = await place_calls(plan(webhooks, script(patience=0.3), calls=2), watch=lambda results: None)
    assert Outcome.AUDIO_WRONG in [result.verdict.outcome for result in results]
    assert sum(result.record.frames.foreign for result in results) > 0
    assert sum(result.record.frames.counts["corrupted"] for result in results) == 0


def lose(connection: Line, frame: bytes, number: int) -> None:
    if number != 3:
        connection.send(frame)


def corrupt(connection: Line, frame: bytes, number: int) -> None:
    connection.send(frame[:-1] + bytes([frame[-1] ^ 1]) if number == 3 else frame)


def double(connection: Line, frame: bytes, number: int) -> None:
    connection.send(frame)
    if number == 3:
        connection.send(frame)


class Swap:
    """Holds one frame back until the next has been sent."""

    held = b""

    def __call__(self, connection: Line, frame: bytes, number: int) -> None:
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
    result = await place_call(webhooks, script(patience=0.3))
    assert result.verdict.outcome is Outcome.AUDIO_WRONG
    assert result.verdict.errors == [f"audio, of {FRAMES} frames sent: {fault}"]


async def test_an_ncco_without_a_socket(webhooks: WebhookServer) -> None:
    webhooks.answer_with([{"action": "talk", "text": "Hello"}])
    result = await place_call(webhooks)
    assert result.verdict.outcome is Outcome.NCCO_WRONG
    assert result.verdict.errors == ["the NCCO has no connect: there is no echo to check"]


async def test_a_greeting_takes_its_time(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    answer = ncco(start_peer().uri)
    answer[0] |= {"text": "ab", "loop": 2}  # 4 characters
    webhooks.answer_with(answer)
    start = perf_counter()
    await place_call(webhooks, greeting_spoken=True)
    assert perf_counter() - start > 4 / 15 + SECONDS - 0.02


async def test_a_caller_who_gets_no_socket_hangs_up_at_last(webhooks: WebhookServer) -> None:
    dead = [{"action": "wait", "timeout": 1}, connect("ws://127.0.0.1:1/socket", webhooks.events_url(1))]
    webhooks.answer_with(dead)
    webhooks.nccos["failed"] = [dead] * 10_000
    result = await place_call(webhooks)
    assert result.verdict.outcome is Outcome.CONNECTION_FAILED
    assert result.verdict.errors == ["no socket has opened within 60 s of the first try"]
    assert len(webhooks.nccos["failed"]) > 0
