from __future__ import annotations

import asyncio
from typing import Any

import pytest

from simulator.tests.harness.echo_peer import Line, StartPeer
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.audio.format import AudioFormat
from voice_simulator.record.events import ProblemFound, TextReceived, TextSent
from voice_simulator.record.record import Record
from voice_simulator.vonage.application import Application
from voice_simulator.vonage.handshake import SocketNotOpenedError
from voice_simulator.vonage.ncco.endpoints import WebSocket
from voice_simulator.vonage.socket_leg import SocketLeg

FRAME = bytes(320)
APPLICATION = Application("http://127.0.0.1:1/answer")


class Listener:
    """Opens a socket and keeps what it hears."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()
        self.told: list[object] = []
        self.record = Record()

    async def open(self, uri: str, seconds: float = 1.0, **endpoint: Any) -> SocketLeg:
        whole = WebSocket(uri=uri, content_type=AudioFormat.L16_8000, **endpoint)
        return await SocketLeg.opened(whole, APPLICATION, seconds, self, self.record)

    def hear(self, frame: bytes, time: float) -> None:
        self.heard.put_nowait(frame)

    def clear(self, time: float) -> None:
        self.told.append("clear")

    def notify(self, payload: dict[str, Any], time: float) -> None:
        self.told.append(payload)

    def seconds_queued(self, time: float) -> float:
        return 0.0


async def test_audio_goes_out_and_comes_back(start_peer: StartPeer) -> None:
    peer, listener = start_peer(), Listener()
    socket = await listener.open(peer.uri, headers={"a": "b"})
    socket.send_now(FRAME)
    assert await listener.heard.get() == FRAME
    await socket.close(1000)
    assert await asyncio.to_thread(peer.ended.wait, 5)
    assert peer.texts == [{"event": "websocket:connected", "content-type": "audio/l16;rate=8000", "a": "b"}]
    assert not socket.is_open


def two_at_once(connection: Line, frame: bytes, number: int) -> None:
    connection.send(frame + frame)


def half(connection: Line, frame: bytes, number: int) -> None:
    connection.send(frame[:160])


def nothing(connection: Line, frame: bytes, number: int) -> None:
    connection.send(b"")


def in_fragments(connection: Line, frame: bytes, number: int) -> None:
    connection.send([frame[:10], frame[10:]])


@pytest.mark.parametrize(
    ("react", "rule", "problem"),
    [
        (two_at_once, "socket.frame-size", "unexpected frame size 640, when required 320; whether the platform ends"),
        (half, "socket.frame-size", "unexpected frame size 160, when required 320; pad the last frame"),
        (nothing, "socket.frame-size", "unexpected frame size 0, when required 320"),
        (in_fragments, "socket.unfragmented", "a message in fragments"),
    ],
)
async def test_a_message_that_is_no_frame_breaks_the_connection(
    react: object, rule: str, problem: str, start_peer: StartPeer
) -> None:
    listener = Listener()
    socket = await listener.open(start_peer(react).uri)
    socket.send_now(FRAME)
    await socket.wait_closed()
    assert socket.close_code == 1006
    (found,) = listener.record.of(ProblemFound)
    assert found.sentence.startswith(f"the server sent {problem}")
    assert found.rule == rule
    assert listener.heard.empty()


@pytest.mark.parametrize("text", ["hello", '{"event": "websocket:dtmf"}', '{"action": "hangup"}', "[]"])
async def test_text_that_the_platform_does_not_know(text: str, start_peer: StartPeer) -> None:
    def text_first(connection: Line, frame: bytes, number: int) -> None:
        connection.send(text)
        connection.send(frame)

    listener = Listener()
    socket = await listener.open(start_peer(text_first).uri)
    socket.send_now(FRAME)
    await listener.heard.get()
    await socket.close(1000)
    (found,) = listener.record.of(ProblemFound)
    assert found.sentence == f"the server sent a text message that the platform does not know: {text.encode()!r}"


async def test_clear_is_answered_and_notify_passed_on(start_peer: StartPeer) -> None:
    def clear_and_notify(connection: Line, frame: bytes, number: int) -> None:
        connection.send('{"action": "clear"}')
        connection.send('{"action": "notify", "payload": {"a": 1}}')
        connection.send(frame)

    peer, listener = start_peer(clear_and_notify), Listener()
    socket = await listener.open(peer.uri)
    socket.send_now(FRAME)
    await listener.heard.get()
    await socket.close(1000)
    assert await asyncio.to_thread(peer.ended.wait, 5)
    assert listener.told == ["clear", {"a": 1}]
    assert peer.texts[1:] == [{"event": "websocket:cleared"}]


async def test_in_a_stall_nothing_is_sent_and_nothing_read(start_peer: StartPeer) -> None:
    peer, listener = start_peer(), Listener()
    socket = await listener.open(peer.uri)
    socket.send_now(FRAME)
    await listener.heard.get()
    socket.stall()
    for number in range(1, 4):
        socket.send_now(bytes([number]) * 320)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(listener.heard.get(), 0.05)
    assert peer.texts == [{"event": "websocket:connected", "content-type": "audio/l16;rate=8000"}]
    socket.resume()
    assert [(await listener.heard.get())[0] for _ in range(3)] == [1, 2, 3]
    await socket.close(1000)


async def test_a_stall_hides_that_the_server_has_gone(start_peer: StartPeer) -> None:
    def close(connection: Line, frame: bytes, number: int) -> None:
        connection.close(1012)

    peer, listener = start_peer(close), Listener()
    socket = await listener.open(peer.uri)
    socket.send_now(FRAME)
    socket.stall()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(socket.wait_closed(), 0.05)
    socket.resume()
    await socket.wait_closed()
    assert socket.close_code == 1012


async def test_nobody_listens() -> None:
    with pytest.raises(SocketNotOpenedError) as error:
        await Listener().open("ws://127.0.0.1:1/socket")
    assert error.value.status == "failed"


async def test_a_refused_handshake(webhooks: WebhookServer) -> None:
    webhooks.script("/socket", {"status": 403, "body": b"no token"})
    with pytest.raises(SocketNotOpenedError, match="the handshake was answered 403 Forbidden no token") as error:
        await Listener().open(webhooks.address.replace("http", "ws") + "/socket")
    assert error.value.status == "rejected"


async def test_a_handshake_without_an_answer(webhooks: WebhookServer) -> None:
    webhooks.script("/socket", {"hang": True})
    with pytest.raises(SocketNotOpenedError, match=r"no answer to the handshake within 0\.05 s") as error:
        await Listener().open(webhooks.address.replace("http", "ws") + "/socket", seconds=0.05)
    assert error.value.status == "timeout"


async def test_a_cut_reaches_the_peer_without_a_close_frame(start_peer: StartPeer) -> None:
    peer = start_peer()
    socket = await Listener().open(peer.uri)
    socket.cut()
    await socket.wait_closed()
    assert (socket.close_code, socket.closed_by) == (1006, "fault")
    assert await asyncio.to_thread(peer.ended.wait, 5)
    assert peer.close_codes == [1006]


async def test_who_ends_a_socket_first_has_ended_it(start_peer: StartPeer) -> None:
    socket = await Listener().open(start_peer().uri)
    await socket.end("caller", 1000)
    await socket.end("fault", 1012)
    assert (socket.close_code, socket.closed_by) == (1000, "caller")


async def test_the_texts_each_way_are_recorded(start_peer: StartPeer) -> None:
    def clear(connection: Line, frame: bytes, number: int) -> None:
        connection.send('{"action": "clear"}')
        connection.send("no JSON")
        connection.send(frame)

    listener = Listener()
    socket = await listener.open(start_peer(clear).uri)
    socket.send_now(FRAME)
    await listener.heard.get()
    await socket.close(1000)
    connected = {"event": "websocket:connected", "content-type": "audio/l16;rate=8000"}
    sent, received = listener.record.of(TextSent), listener.record.of(TextReceived)
    assert [text.message for text in sent] == [connected, {"event": "websocket:cleared"}]
    assert [text.message for text in received] == [{"action": "clear"}, "no JSON"]
    (problem,) = listener.record.of(ProblemFound)
    assert problem.section == "3.5"
