from __future__ import annotations

import re
from typing import Any

import jwt
import pytest

from simulator.tests.harness.echo_peer import Line, StartPeer, close, vanish
from simulator.tests.harness.placing import FOREVER, SIGNATURE_SECRET, connect, ncco, place_call, script
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.audio.format import AudioFormat
from voice_simulator.audio.tape import Sound
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.script import Digit
from voice_simulator.record.events import SocketClosed, SocketOpened


@pytest.mark.parametrize("react", [close, vanish])
@pytest.mark.parametrize("duplicated", [False, True])
async def test_a_call_moves_to_the_socket_of_the_new_ncco(
    react: object, duplicated: bool, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    old, new = start_peer(react), start_peer()
    webhooks.answer_with([connect(old.uri, webhooks.events_url(1))])
    moved = [connect(new.uri, webhooks.events_url(2))]
    webhooks.nccos["disconnected"] = [moved, moved] if duplicated else [moved]
    result = await place_call(webhooks, script(seconds=0.6), events_duplicated=duplicated)

    assert result.verdict.errors == []
    assert (result.verdict.outcome, result.hung_up, result.moves) == (Outcome.GOOD, True, 1)
    assert len(result.verdict.warnings) == 1
    counts = result.record.frames.counts
    assert counts["sent"] + counts["in_gap"] == 30
    assert counts["returned"] + counts["lost_at_move"] == counts["sent"]
    assert result.record.frames.returned_numbers[-1] == 29
    assert len(result.record.frames.gaps) == 1
    assert [text["event"] for text in new.texts] == ["websocket:connected"]


async def test_the_events_of_a_call_that_moves(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    old, new = start_peer(close), start_peer()
    webhooks.answer_with([connect(old.uri, webhooks.events_url(1), headers={"a": "1"})])
    webhooks.nccos["disconnected"] = [[connect(new.uri, webhooks.events_url(2), headers={"a": "2"})]]
    await place_call(webhooks, script(seconds=0.6))
    legs: dict[str, list[tuple[str, str, str]]] = {}
    for request in webhooks.requests:
        if "headers" in request.fields:
            told = (request.path[-1], request.fields["headers"]["a"], request.fields["status"])
            legs.setdefault(request.fields["uuid"], []).append(told)
    assert list(legs.values()) == [
        [("1", "1", "ringing"), ("1", "1", "answered"), ("1", "1", "disconnected")],
        [("2", "2", "ringing"), ("2", "2", "answered"), ("2", "2", "completed")],
    ]
    assert new.texts[0]["a"] == "2"


@pytest.mark.parametrize("trouble", ["ws://127.0.0.1:1/socket", "refused"])
async def test_a_socket_that_can_t_be_opened_is_no_end_if_there_is_another(
    trouble: str, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    webhooks.script("/socket", {"status": 503})
    uri = webhooks.address.replace("http", "ws") + "/socket" if trouble == "refused" else trouble
    webhooks.answer_with([connect(uri, webhooks.events_url(1))])
    new = [{"action": "talk", "text": "Wait"}, connect(start_peer().uri, webhooks.events_url(2))]
    webhooks.nccos["rejected" if trouble == "refused" else "failed"] = [new]
    result = await place_call(webhooks)
    assert (result.verdict.outcome, result.hung_up, result.moves) == (Outcome.GOOD, True, 0)
    assert result.record.frames.returned == 5
    assert result.verdict.warnings[0].startswith(f"socket {uri}: ")


async def test_a_call_that_moves_over_a_socket_that_can_t_be_opened(
    webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    webhooks.answer_with([connect(start_peer(close).uri, webhooks.events_url(1))])
    webhooks.nccos["disconnected"] = [[connect("ws://127.0.0.1:1/socket", webhooks.events_url(2))]]
    webhooks.nccos["failed"] = [[connect(start_peer().uri, webhooks.events_url(3))]]
    result = await place_call(webhooks, script(seconds=0.6))
    assert (result.verdict.outcome, result.moves, len(result.record.frames.gaps)) == (Outcome.GOOD, 1, 1)
    assert len(result.verdict.warnings) == 2


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ({"status": 204}, "the server closed the socket after"),
        ({"status": 200, "body": b""}, "the server closed the socket after"),
        ({"status": 200, "body": b"fine", "content_type": "text/plain"}, "the server closed the socket after"),
        ({"status": 400, "body": b"no"}, "the server closed the socket after"),
    ],
)
async def test_without_a_new_ncco_the_call_is_lost(
    reply: dict[str, Any], error: str, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    webhooks.answer_with([connect(start_peer(close).uri, webhooks.events_url(1))])
    webhooks.script("/webhooks/events", reply)
    result = await place_call(webhooks, script(seconds=FOREVER))
    assert (result.verdict.outcome, result.hung_up) == (Outcome.CONNECTION_FAILED, False)
    assert [error in each for each in result.verdict.errors] == [True]
    assert webhooks.events()[-1]["status"] == "completed"


async def test_an_apology_ends_the_call(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with([connect(start_peer(close).uri, webhooks.events_url(1))])
    webhooks.nccos["disconnected"] = [[{"action": "talk", "text": "Sorry"}]]
    result = await place_call(webhooks, script(seconds=FOREVER))
    assert (result.verdict.outcome, result.hung_up) == (Outcome.CONNECTION_FAILED, False)
    assert result.verdict.errors == ["the last action ended before the caller hung up"]


async def test_the_caller_may_hang_up_in_a_gap(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with([connect(start_peer(close).uri, webhooks.events_url(1))])
    talk = {"action": "talk", "text": "Wait" * 100}  # takes 27 s
    webhooks.nccos["disconnected"] = [[talk, connect("ws://127.0.0.1:1/socket", webhooks.events_url(2))]]
    result = await place_call(webhooks, script(seconds=0.6), greeting_spoken=True)
    assert (result.verdict.outcome, result.hung_up, result.moves) == (Outcome.GOOD, True, 0)
    (gap,) = result.record.frames.gaps
    assert 0.1 < gap < 0.6


async def test_a_caller_who_hangs_up_is_never_disconnected(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with([connect(start_peer().uri, webhooks.events_url(1))])
    await place_call(webhooks, script(digits=(Digit("1", 0.0),)))
    assert "disconnected" not in [event["status"] for event in webhooks.events()]


async def test_the_format_may_change_with_the_socket(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with([connect(start_peer(close).uri, webhooks.events_url(1))])
    other = {"content-type": AudioFormat.L16_8000.content_type}
    webhooks.nccos["disconnected"] = [[connect(start_peer().uri, webhooks.events_url(2), **other)]]
    result = await place_call(webhooks, script(seconds=0.6, audio_kept=True))
    assert (result.verdict.outcome, result.audio_format) == (Outcome.GOOD, AudioFormat.L16_16000)
    assert {len(frame) for _, frame in (result.sound or Sound()).heard} == {640, 320}
    assert [opened.rate for opened in result.record.of(SocketOpened)] == [16000, 8000]


@pytest.mark.parametrize(("react", "closed"), [(close, "code 1012 bye"), (vanish, "code 1006")])
async def test_a_server_that_closes_in_mid_call(
    react: object, closed: str, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    peer = start_peer(react)
    webhooks.answer_with(ncco(peer.uri, headers={"call_uuid": "u"}))
    result = await place_call(webhooks, script(seconds=FOREVER))
    assert result.verdict.outcome is Outcome.CONNECTION_FAILED
    assert not result.hung_up
    assert re.fullmatch(rf"the server closed the socket after 0\.\d\d s of audio, {closed}", result.verdict.errors[0])

    caller_leg, socket_leg = (webhooks.requests[0].fields["uuid"], webhooks.events()[-2])
    assert socket_leg["status"] == "disconnected"
    assert socket_leg["uuid"] != caller_leg
    assert socket_leg["to"] == peer.uri
    assert socket_leg["headers"] == {"call_uuid": "u"}
    assert (webhooks.events()[-1]["status"], webhooks.events()[-1]["uuid"]) == ("completed", caller_leg)


async def test_what_is_queued_before_a_short_last_frame_is_heard(
    webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    def clip(connection: Line, frame: bytes, number: int) -> None:
        if number == 0:
            for size in (*[640] * 40, 100, 640):
                connection.send(bytes(size))

    webhooks.answer_with(ncco(start_peer(clip).uri))
    result = await place_call(webhooks, script(seconds=2.0, expect="audio"))
    assert len(result.record.frames.heard_at) == 40
    assert result.record.of(SocketClosed)[0].by == "platform"
    assert [error for error in result.verdict.errors if "pad the last frame of a clip with silence" in error]


async def test_a_socket_that_nobody_answers(webhooks: WebhookServer) -> None:
    webhooks.answer_with(ncco("ws://127.0.0.1:1/socket"))
    result = await place_call(webhooks)
    assert result.verdict.outcome is Outcome.CONNECTION_FAILED
    assert result.verdict.errors[0].startswith("socket ws://127.0.0.1:1/socket: ")
    assert [event["status"] for event in webhooks.events()][-2:] == ["failed", "completed"]


async def test_a_socket_that_is_refused(webhooks: WebhookServer) -> None:
    webhooks.script("/socket", {"status": 503, "body": b"draining"})
    uri = webhooks.address.replace("http", "ws") + "/socket"
    webhooks.answer_with(ncco(uri))
    result = await place_call(webhooks)
    assert result.verdict.outcome is Outcome.CONNECTION_FAILED
    assert result.verdict.errors == [f"socket {uri}: the handshake was answered 503 Service Unavailable draining"]
    assert [event["status"] for event in webhooks.events()][-2:] == ["rejected", "completed"]


async def test_a_handshake_that_wants_the_platforms_signature_gets_it(
    webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    asked, other = start_peer(), start_peer()
    webhooks.answer_with(ncco(asked.uri, authorization={"type": "vonage"}))
    result = await place_call(webhooks, application={"signature_secret": SIGNATURE_SECRET, "api_key": "a1b2c3d4"})
    assert (result.verdict.outcome, result.verdict.warnings) == (Outcome.GOOD, [])
    (authorization,) = asked.authorization
    assert authorization is not None
    claims = jwt.decode(authorization.removeprefix("Bearer "), SIGNATURE_SECRET, ["HS256"])
    assert claims.keys() == {"iat", "jti", "iss", "api_key"}
    webhooks.answer_with(ncco(other.uri))
    await place_call(webhooks, application={"signature_secret": SIGNATURE_SECRET})
    assert other.authorization == [None], "nobody else is shown a signature"


async def test_a_signature_that_can_t_be_sent_is_a_warning(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    peer = start_peer()
    webhooks.answer_with(ncco(peer.uri, authorization={"type": "vonage"}))
    result = await place_call(webhooks)
    assert peer.authorization == [None]
    assert result.verdict.warnings == ["authorization of type vonage: this simulator has no secret to sign with"]
