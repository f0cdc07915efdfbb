from __future__ import annotations

import asyncio
from typing import Any

from simulator.tests.harness.echo_peer import EchoPeer, Line, StartPeer
from simulator.tests.harness.placing import SPEECH
from voice_simulator.audio.format import AudioFormat
from voice_simulator.caller.caller import Caller
from voice_simulator.caller.frame_mark import FrameMark, read_mark
from voice_simulator.caller.script import Digit, Script, Stall
from voice_simulator.caller.voice import ScriptedVoice
from voice_simulator.record.events import TextReceived, TextSent
from voice_simulator.vonage.application import Application
from voice_simulator.vonage.ncco.endpoints import WebSocket
from voice_simulator.vonage.socket_leg import SocketLeg

APPLICATION = Application("http://127.0.0.1:1/answer")
FRAMES = [bytes(320), b"\1" * 320]


class TwoFrames(ScriptedVoice):
    """Says two frames in turn."""

    def frame(self, number: int, audio_format: AudioFormat) -> bytes:
        return FRAMES[number % 2]


def new_caller(call_index: int = 0, **options: Any) -> Caller:
    script = Script(SPEECH, **options)
    return Caller(script, call_index, TwoFrames(script))


async def connect(caller: Caller, peer: EchoPeer) -> SocketLeg:
    endpoint = WebSocket(uri=peer.uri, content_type=AudioFormat.L16_8000)
    socket = await SocketLeg.opened(endpoint, APPLICATION, 1.0, caller, caller.record)
    caller.connect(socket, AudioFormat.L16_8000)
    return socket


async def test_the_speech_is_repeated_each_frame_at_its_time(start_peer: StartPeer) -> None:
    caller = new_caller(audio_kept=True)
    socket = await connect(caller, start_peer())
    start = caller.record.frames.first_at = caller.record.now + 0.01
    await caller.speak(5, start)
    assert caller.record.now - start > 5 * 0.02 - 0.002
    assert caller.hung_up.is_set()
    caller.play_out.end(caller.record.now)
    assert caller.sound is not None
    heard = [frame for _, frame in caller.sound.heard[:5]]
    assert [read_mark(frame) for frame in heard] == [FrameMark(0, number) for number in range(5)]
    assert [frame[-1] for frame in heard] == [0, 1, 0, 1, 0]
    assert caller.sound.said == [(start + number * 0.02, FRAMES[number % 2]) for number in range(5)]
    assert len(caller.record.frames.late) == 5
    assert min(caller.record.frames.late) > -0.002
    await socket.close(1000)


async def test_one_that_starts_late_catches_up(start_peer: StartPeer) -> None:
    caller = new_caller(3)
    socket = await connect(caller, start_peer())
    start = caller.record.frames.first_at = caller.record.now - 1.0
    await caller.speak(5, start)
    assert caller.record.now - start < 1.5
    assert caller.record.frames.returned == 5
    assert min(caller.record.frames.late) > 0.9
    await socket.close(1000)


async def test_keys_go_out_in_order_of_their_time(start_peer: StartPeer) -> None:
    peer = start_peer()
    caller = new_caller(digits=(Digit("5", 0.04), Digit("#", 0.0), Digit("1", 0.03)))
    socket = await connect(caller, peer)
    await caller.speak(3, caller.record.now)
    await socket.close(1000)
    assert await asyncio.to_thread(peer.ended.wait, 5)
    assert [text["digit"] for text in peer.texts[1:]] == ["#", "1", "5"]


async def test_patience_with_lost_frames_has_an_end(start_peer: StartPeer) -> None:
    caller = new_caller(patience=0.05)
    socket = await connect(caller, start_peer(lambda connection, frame, number: None))
    await caller.speak(1, caller.record.now)
    assert caller.record.frames.counts["lost"] == 1
    await socket.close(1000)


async def test_silence_that_comes_back_ends_the_patience(start_peer: StartPeer) -> None:
    def lose(connection: Line, frame: bytes, number: int) -> None:
        if number != 1:
            connection.send(frame)

    caller = new_caller(patience=60.0)
    socket = await connect(caller, start_peer(lose))
    await caller.speak(3, caller.record.now)
    assert caller.ledger.silence_returned
    assert caller.record.frames.fault == "of 3 frames sent: 1 lost"
    await socket.close(1000)


class DelayLine:
    """Echoes each frame when so many more have come."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.frames: list[bytes] = []

    def __call__(self, connection: Line, frame: bytes, number: int) -> None:
        self.frames.append(frame)
        if len(self.frames) > self.length:
            connection.send(self.frames.pop(0))


async def test_silence_carries_out_what_waits_in_a_delay_line(start_peer: StartPeer) -> None:
    caller = new_caller(patience=0.5)
    socket = await connect(caller, start_peer(DelayLine(10)))
    await caller.speak(20, caller.record.now)
    assert caller.record.frames.returned == len(caller.record.frames.sent_at) == 20
    assert caller.record.frames.fault == ""
    await socket.close(1000)


async def test_the_key_of_a_delay_gives_patience(start_peer: StartPeer) -> None:
    caller = new_caller(patience=0.0, digits=(Digit("1", 0.0),))
    socket = await connect(caller, start_peer(DelayLine(20)))
    await caller.speak(5, caller.record.now)
    assert caller.record.frames.returned == 5
    await socket.close(1000)


async def test_what_a_key_makes_the_server_drop_is_discarded(start_peer: StartPeer) -> None:
    def drop_four(connection: Line, frame: bytes, number: int) -> None:
        if number >= 4:
            connection.send(frame)

    caller = new_caller(digits=(Digit("*", 0.08),))
    socket = await connect(caller, start_peer(drop_four))
    await caller.speak(6, caller.record.now)
    assert caller.record.frames.fault == ""
    assert (caller.record.frames.counts["discarded"], caller.record.frames.returned) == (4, 2)
    await socket.close(1000)


async def test_keys_stalls_clears_and_moves_are_noted(start_peer: StartPeer) -> None:
    def clear(connection: Line, frame: bytes, number: int) -> None:
        if number == 0:
            connection.send('{"action": "clear"}')
        connection.send(frame)

    caller = new_caller(audio_kept=True, digits=(Digit("5", 0.06),), stalls=(Stall(0.04, at=0.1),), patience=0.0)
    socket = await connect(caller, start_peer(clear))
    await caller.speak(10, caller.record.now)
    await socket.close(1000)
    kinds = [event.kind for event in caller.record.events if not isinstance(event, TextSent | TextReceived)]
    # The clear comes when the peer and the network like.
    assert "cleared" in kinds
    assert [kind for kind in kinds if kind != "cleared"] == ["key_pressed", "fault_began", "fault_ended"]
    times = [0.0, *(event.at for event in caller.record.events), caller.record.now]
    assert times == sorted(times)


async def test_of_the_other_calls_nothing_is_kept(start_peer: StartPeer) -> None:
    caller = new_caller(call_index=1, audio_kept=True, digits=(Digit("5", 0.0),))
    socket = await connect(caller, start_peer())
    await caller.speak(2, caller.record.now)
    await socket.close(1000)
    assert caller.sound is None


async def test_frames_that_a_stall_held_up_may_be_dropped_with_a_clear(start_peer: StartPeer) -> None:
    def drop_burst(connection: Line, frame: bytes, number: int) -> None:
        if number == 7:
            connection.send('{"action": "clear"}')
        if not 2 <= number < 7:
            connection.send(frame)

    caller = new_caller(stalls=(Stall(0.12, at=0.04),))  # holds the frames 2 to 7
    socket = await connect(caller, start_peer(drop_burst))
    await caller.speak(12, caller.record.now + 0.01)
    assert caller.record.frames.fault == ""
    assert caller.record.frames.counts["stale"] == 5
    assert max(caller.record.frames.round_trips) < 0.1
    await socket.close(1000)


async def test_the_end_of_a_burst_that_left_late_may_be_dropped_with_a_clear(start_peer: StartPeer) -> None:
    def drop_end_of_burst(connection: Line, frame: bytes, number: int) -> None:
        if number == 12:
            connection.send('{"action": "clear"}')
        if not 9 <= number < 12:
            connection.send(frame)

    caller = new_caller()
    socket = await connect(caller, start_peer(drop_end_of_burst))
    await caller.speak(14, caller.record.now - 0.24)  # twelve frames are due, of which the first four are very late
    assert caller.record.frames.fault == ""
    assert caller.record.frames.counts["stale"] == 3
    await socket.close(1000)


async def test_the_same_drop_without_a_stall_is_a_loss(start_peer: StartPeer) -> None:
    def drop_with_clear(connection: Line, frame: bytes, number: int) -> None:
        if number == 2:
            connection.send('{"action": "clear"}')
        else:
            connection.send(frame)

    caller = new_caller()
    socket = await connect(caller, start_peer(drop_with_clear))
    await caller.speak(5, caller.record.now + 0.01)
    assert caller.record.frames.fault == "of 5 frames sent: 1 lost"
    await socket.close(1000)


async def test_a_notification_waits_for_what_is_queued(start_peer: StartPeer) -> None:
    def three_at_once(connection: Line, frame: bytes, number: int) -> None:
        frames.append(frame)
        if number == 2:
            for each in frames:
                connection.send(each)
            connection.send('{"action": "notify", "payload": {"a": 1}}')
            asked_at.append(caller.record.now)

    frames: list[bytes] = []
    asked_at: list[float] = []
    peer, caller = start_peer(three_at_once), new_caller(patience=0.2)
    socket = await connect(caller, peer)
    await caller.speak(8, caller.record.now)
    await socket.close(1000)
    assert await asyncio.to_thread(peer.ended.wait, 5)
    assert peer.texts[1:] == [{"event": "websocket:notify", "payload": {"a": 1}}]
    assert caller.play_out.frames.lags[-1] > 0.03


async def test_what_is_spoken_without_a_socket_is_not_sent(start_peer: StartPeer) -> None:
    def close(connection: Line, frame: bytes, number: int) -> None:
        connection.close(1001)

    caller = new_caller()
    socket = await connect(caller, start_peer(close))
    await caller.speak(10, caller.record.now)
    await socket.wait_closed()
    caller.disconnect()
    counts = caller.record.frames.counts
    assert counts["sent"] + counts["in_gap"] == 10
    assert counts["in_gap"] > 0
    assert counts["lost_at_move"] == counts["sent"]
    assert caller.record.frames.fault == ""
