from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

from shared.audio import AudioFormat
from simulator.caller import Caller, Digit
from simulator.frame_mark import FrameMark, read_mark
from simulator.socket_leg import SocketLeg, open_socket

if TYPE_CHECKING:
    from websockets.sync.server import ServerConnection

    from tests.simulator.conftest import EchoPeer

    StartPeer = Callable[..., EchoPeer]

FRAMES = [bytes(320), b"\1" * 320]


async def open_for(caller: Caller, peer: EchoPeer) -> SocketLeg:
    return await open_socket({"uri": peer.uri}, AudioFormat.L16_8000, 1.0, caller.hear)


async def test_the_speech_is_repeated_each_frame_at_its_time(start_peer: StartPeer) -> None:
    caller = Caller(3, keep_audio=True)
    socket = await open_for(caller, start_peer())
    start = perf_counter() + 0.01
    await caller.speak(socket, FRAMES, 5, [], start)
    assert perf_counter() - start > 4 * 0.02 - 0.002
    assert await caller.hang_up(socket, patience=1.0)
    assert caller.audio is not None
    assert [read_mark(frame) for frame in caller.audio] == [FrameMark(3, number) for number in range(5)]
    assert [frame[-1] for frame in caller.audio] == [0, 1, 0, 1, 0]
    assert len(caller.late) == 5
    assert min(caller.late) > -0.002


async def test_one_that_starts_late_catches_up(start_peer: StartPeer) -> None:
    caller = Caller(0)
    socket = await open_for(caller, start_peer())
    start = perf_counter() - 1.0
    await caller.speak(socket, FRAMES, 5, [], start)
    assert perf_counter() - start < 1.5
    assert await caller.hang_up(socket, patience=1.0)
    assert caller.check.frames_returned == 5
    assert min(caller.late) > 0.9


async def test_keys_go_out_in_order_of_their_time(start_peer: StartPeer) -> None:
    caller, peer = Caller(0), start_peer()
    socket = await open_for(caller, peer)
    await caller.speak(socket, FRAMES, 3, [Digit("5", 0.04), Digit("#", 0.0), Digit("1", 0.03)], perf_counter())
    await caller.hang_up(socket, patience=1.0)
    assert await asyncio.to_thread(peer.ended.wait, 5)
    assert [text["digit"] for text in peer.texts[1:]] == ["#", "1", "5"]


async def test_patience_with_lost_frames_has_an_end(start_peer: StartPeer) -> None:
    caller = Caller(0)
    socket = await open_for(caller, start_peer(lambda connection, frame, number: None))
    await caller.speak(socket, FRAMES, 1, [], perf_counter())
    assert await caller.hang_up(socket, patience=0.01)
    assert caller.check.frames_lost == 1
    assert socket.close_code == 1000


async def test_a_closed_socket_ends_the_speech(start_peer: StartPeer) -> None:
    def close(connection: ServerConnection, frame: bytes, number: int) -> None:
        connection.close(1001)

    caller = Caller(0)
    socket = await open_for(caller, start_peer(close))
    await caller.speak(socket, FRAMES, 500, [], perf_counter())
    assert not await caller.hang_up(socket, patience=60.0)
    assert caller.check.frames_sent < 50
    assert socket.close_code == 1001
