"""Connections to a real engine, over TCP."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode

from echo_engine.calls import Calls
from echo_engine.connection import Connection
from echo_engine.session import MAX_WRITE_BUFFER_BYTES
from tests.harness.engine import CONNECTED, FRAME, HANDSHAKE, Running, StartEngine, context_of
from tests.harness.process import DEADLINE


def dial(engine: Running) -> connect:
    return connect(engine.url, compression=None, proxy=None, ping_interval=None)


async def raw_call(engine: Running) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a call on a bare TCP connection, for what a WebSocket library wouldn't send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.port)
    writer.write(HANDSHAKE)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    return reader, writer


def masked(opcode: Opcode, payload: bytes) -> bytes:
    return Frame(opcode, payload).serialize(mask=True)


async def until_no_call_is_open(engine: Running) -> None:
    while engine.metric("echo_engine_calls_open"):
        await asyncio.sleep(0.01)


async def test_messages_go_back_as_they_came_one_each_in_order(start_engine: StartEngine) -> None:
    sent: list[str | bytes] = ["hello", b"", FRAME, b"\x00" * 60_000, "é", *(bytes([number]) for number in range(100))]
    async with dial(await start_engine()) as call:
        for message in sent:
            await call.send(message)
        assert [await call.recv() for _ in sent] == sent


async def test_a_platform_call_gets_its_audio_and_no_text(start_engine: StartEngine) -> None:
    async with dial(await start_engine()) as call:
        await call.send(CONNECTED)
        await call.send('{"event": "websocket:dtmf", "digit": "0", "duration": 260}')
        await call.send("hello")
        await call.send(b"wrong size")
        await call.send(FRAME)
        assert await call.recv() == FRAME


async def test_a_call_is_logged_at_its_start_and_its_end(start_engine: StartEngine) -> None:
    engine = await start_engine()
    with capture_logs() as lines:
        async with dial(engine) as call:
            await call.send(CONNECTED)
            await call.send(FRAME)
            await call.recv()
        await until_no_call_is_open(engine)
    start, end = lines
    assert start["event"] == "call started"
    assert end["event"] == "call ended"
    assert end["connection"] == start["connection"]
    assert (end["reason"], end["close_code"]) == ("closed_by_peer", 1000)
    assert (end["frames_received"], end["frames_echoed"], end["frames_dropped"]) == (1, 1, 0)
    assert end["bytes_received"] == len(FRAME)
    assert end["call_uuid"] == "c-1"


async def test_frames_behind_the_handshake_in_one_packet_are_not_lost(start_engine: StartEngine) -> None:
    engine = await start_engine()
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.port)
    writer.write(HANDSHAKE + masked(Opcode.PING, b"p") + masked(Opcode.BINARY, b"audio"))
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    assert await reader.readexactly(3 + 7) == b"\x8a\x01p\x82\x05audio"
    writer.close()


async def test_a_handshake_may_come_byte_by_byte(start_engine: StartEngine) -> None:
    engine = await start_engine()
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.port)
    for byte in HANDSHAKE:
        writer.write(bytes([byte]))
        await writer.drain()
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    writer.close()


async def test_half_a_connection_ends_the_call_and_what_came_before_is_echoed(start_engine: StartEngine) -> None:
    engine = await start_engine()
    reader, writer = await raw_call(engine)
    with capture_logs() as lines:
        writer.write(masked(Opcode.BINARY, b"last"))
        writer.write_eof()
        assert await reader.read() == b"\x82\x04last"
        await until_no_call_is_open(engine)
    assert (lines[0]["reason"], lines[0]["close_code"]) == ("lost", 1006)
    writer.close()


async def test_a_reset_connection_ends_the_call(start_engine: StartEngine) -> None:
    engine = await start_engine()
    _, writer = await raw_call(engine)
    linger_zero = (1).to_bytes(4, "little") + bytes(4)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_zero)
    writer.transport.abort()
    await until_no_call_is_open(engine)
    assert engine.metric('echo_engine_calls_ended_total{reason="lost"}') == 1


async def test_a_message_that_is_too_large_gets_its_close_code_before_the_connection_ends(
    start_engine: StartEngine,
) -> None:
    now = [0.0]
    engine = await start_engine(clock=lambda: now[0])
    reader, writer = await raw_call(engine)
    message = masked(Opcode.BINARY, bytes(65537))
    writer.write(message[:10])
    close = await asyncio.wait_for(reader.readexactly(2), DEADLINE)
    assert (await reader.readexactly(close[1]))[:2] == (1009).to_bytes(2)
    writer.write(message[10:])
    with pytest.raises(TimeoutError):  # a proxy that saw an end here would reset the peer
        await asyncio.wait_for(reader.read(1), 1.5)
    now[0] = 1.0
    assert await asyncio.wait_for(reader.read(), DEADLINE) == b""
    writer.close()


async def test_a_peer_that_answers_the_close_frame_of_its_error_is_not_waited_for(start_engine: StartEngine) -> None:
    engine = await start_engine(clock=lambda: 0.0)
    reader, writer = await raw_call(engine)
    writer.write(masked(Opcode.TEXT, b"\xff"))
    close = await asyncio.wait_for(reader.readexactly(2), DEADLINE)
    code = await reader.readexactly(close[1])
    writer.write(masked(Opcode.CLOSE, code))
    assert await asyncio.wait_for(reader.read(), DEADLINE) == b""
    writer.close()
    await until_no_call_is_open(engine)
    assert int.from_bytes(code[:2]) == 1007
    assert engine.metric('echo_engine_calls_ended_total{reason="protocol_error"}') == 1


async def request(engine: Running, request_line: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.port)
    writer.write(f"{request_line}\r\nHost: test\r\n\r\n".encode())
    answer = await asyncio.wait_for(reader.read(), DEADLINE)
    writer.close()
    return answer.decode()


async def test_a_wrong_method_is_told_the_right_ones(start_engine: StartEngine) -> None:
    engine = await start_engine()
    for path in ("/socket", "/healthz"):
        answer = await request(engine, f"DELETE {path} HTTP/1.1")
        assert answer.startswith("HTTP/1.1 405 ")
        assert "Allow: GET" in answer
    assert (await request(engine, "HEAD /healthz HTTP/1.1")).endswith("\r\n\r\n")


async def test_a_late_engine_refuses_new_calls_and_goes_on_with_the_open_ones(start_engine: StartEngine) -> None:
    now, step = 0.0, 0.1

    def clock() -> float:  # it passes by looks, so that no real lateness counts
        nonlocal now
        now += step
        return now

    engine = await start_engine(clock=clock, MAX_LATENESS_MS="500")
    async with dial(engine) as call:
        step = 1.0
        while not engine.metric("echo_engine_late"):
            await asyncio.sleep(0.05)
        with pytest.raises(InvalidStatus) as caught:
            await dial(engine).__aenter__()
        assert caught.value.response.status_code == 503
        assert engine.metric('echo_engine_calls_refused_total{reason="late"}') == 1
        assert (await request(engine, "GET /readyz HTTP/1.1")).endswith("late\n")
        await asyncio.wait_for(await call.ping(), DEADLINE)
        step = 0.1
        while engine.metric("echo_engine_late"):
            await asyncio.sleep(0.1)
    async with dial(engine):
        pass


async def test_a_slow_handshake_is_cut(start_engine: StartEngine) -> None:
    now = [0.0]
    engine = await start_engine(clock=lambda: now[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.port)
    writer.write(b"GET /socket HTTP/1.1\r\n")
    await writer.drain()
    now[0] = 4.0
    received = b""
    with contextlib.suppress(ConnectionResetError):
        received = await asyncio.wait_for(reader.read(), DEADLINE)
    assert received == b""
    assert reader.at_eof() or reader.exception() is not None
    writer.close()


async def test_a_dead_peer_is_pinged_and_its_slot_freed(start_engine: StartEngine) -> None:
    now = [0.0]
    engine = await start_engine(clock=lambda: now[0])
    reader, writer = await raw_call(engine)
    now[0] = 40.0
    assert await asyncio.wait_for(reader.readexactly(2), DEADLINE) == b"\x89\x00"
    now[0] = 60.0
    assert await asyncio.wait_for(reader.read(), DEADLINE) == b"\x88\x02" + (1001).to_bytes(2, "big")
    writer.close()
    await until_no_call_is_open(engine)
    assert engine.metric('echo_engine_calls_ended_total{reason="idle"}') == 1


async def flood(writer: asyncio.StreamWriter, message: bytes, noticed: Callable[[], object]) -> None:
    """Send without ever reading until the engine noticed."""
    while not noticed():
        writer.write(message * 100)
        with contextlib.suppress(TimeoutError, ConnectionError):
            await asyncio.wait_for(writer.drain(), 0.05)


async def test_audio_is_dropped_while_the_platform_does_not_read_and_goes_on_when_it_does(
    start_engine: StartEngine,
) -> None:
    engine = await start_engine(MAX_ECHO_LAG_MS="0")
    reader, writer = await raw_call(engine)
    writer.write(masked(Opcode.TEXT, CONNECTED.encode()))
    dropped = 'echo_engine_frames_dropped_total{reason="backlog"}'
    await flood(writer, masked(Opcode.BINARY, FRAME), lambda: engine.metric(dropped))
    heard = bytearray()
    while b'{"action": "clear"}' not in heard:
        heard += await asyncio.wait_for(reader.read(2**20), DEADLINE)
        writer.write(masked(Opcode.BINARY, FRAME))
    assert engine.metric("echo_engine_calls_open") == 1
    writer.close()


async def test_a_flood_of_pings_that_nobody_reads_ends_the_call(start_engine: StartEngine) -> None:
    engine = await start_engine()
    _, writer = await raw_call(engine)
    writer.write(masked(Opcode.TEXT, CONNECTED.encode()))
    await flood(writer, masked(Opcode.PING, b"x" * 125), lambda: not engine.metric("echo_engine_calls_open"))
    reasons = ("stalled", "rate_exceeded")
    assert sum(engine.metric(f'echo_engine_calls_ended_total{{reason="{reason}"}}') for reason in reasons) == 1
    writer.close()


async def test_a_plain_client_that_does_not_read_has_to_wait_and_loses_nothing(start_engine: StartEngine) -> None:
    engine = await start_engine()
    reader, writer = await raw_call(engine)
    message = bytes(60_000)
    echo = Frame(Opcode.BINARY, message).serialize(mask=False)
    sender = asyncio.create_task(send_all(writer, [masked(Opcode.BINARY, message)] * 400))
    while engine.metric("echo_engine_frames_received_total") == 0:
        await asyncio.sleep(0.01)
    heard = 0
    while heard < 400 * len(echo):
        heard += len(await asyncio.wait_for(reader.read(2**20), DEADLINE))
    await sender
    assert heard == 400 * len(echo)
    assert engine.metric("echo_engine_frames_echoed_total") == 400
    writer.close()


async def send_all(writer: asyncio.StreamWriter, messages: list[bytes]) -> None:
    for message in messages:
        writer.write(message)
        await writer.drain()


async def test_calls_move_one_after_the_other(start_engine: StartEngine) -> None:
    engine = await start_engine(MOVES_PER_SECOND="1")
    calls = {await dial(engine) for _ in range(3)}
    start = asyncio.get_running_loop().time()
    engine.signals.receive()
    for number in range(3):
        closing = [asyncio.create_task(call.wait_closed()) for call in calls]
        await asyncio.wait(closing, return_when=asyncio.FIRST_COMPLETED)
        assert asyncio.get_running_loop().time() - start >= number * 0.99  # one a second
        (closed,) = [call for call in calls if call.close_code is not None]
        assert closed.close_code == 1012
        calls.remove(closed)
        for call in calls:
            await echo_once(call)


async def test_a_second_signal_ends_the_drain(start_engine: StartEngine) -> None:
    engine = await start_engine(DRAIN_SECONDS="3600", MOVES_PER_SECOND="1")
    call = await dial(engine)
    engine.signals.receive()
    engine.signals.receive()
    await asyncio.wait_for(engine.ended, DEADLINE)
    await call.wait_closed()
    assert call.close_code == 1012


async def test_a_second_signal_ends_the_moves_that_are_under_way(start_engine: StartEngine) -> None:
    engine = await start_engine(MOVES_PER_SECOND="1")
    calls = [await dial(engine) for _ in range(30)]
    engine.signals.receive()
    closing = [asyncio.create_task(call.wait_closed()) for call in calls]
    await asyncio.wait(closing, return_when=asyncio.FIRST_COMPLETED)
    engine.signals.receive()
    await asyncio.wait_for(engine.ended, 15)  # half of what the moves would take
    assert {call.close_code for call in calls} == {1012}


async def echo_once(call: ClientConnection) -> None:
    await call.send(FRAME)
    assert await call.recv() == FRAME


class UnreadTransport:
    """Stands where uvloop's transport does when its peer reads nothing: what is written stays."""

    def __init__(self) -> None:
        self.buffered_bytes = 0
        self.aborted = False

    def write(self, data: bytes) -> None:
        self.buffered_bytes += len(data)

    def abort(self) -> None:
        self.aborted = True

    def is_closing(self) -> bool:
        return self.aborted

    def get_write_buffer_size(self) -> int:
        return self.buffered_bytes

    def set_write_buffer_limits(self, high: int) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


def test_what_waits_for_a_peer_that_reads_nothing_is_bounded() -> None:
    calls = Calls(1)
    turns: list[Callable[[], None]] = []
    context = context_of(calls, call_soon=turns.append)
    connection, transport = Connection(context, set()), UnreadTransport()
    connection.connection_made(transport)  # type: ignore[arg-type]
    connection.data_received(HANDSHAKE)
    read = masked(Opcode.BINARY, bytes(60_000)) * 4  # what uvloop reads at once
    for _ in range(10):
        if not transport.aborted:
            connection.data_received(read)
        while turns:
            turns.pop()()
    assert transport.aborted
    assert transport.buffered_bytes <= MAX_WRITE_BUFFER_BYTES + len(read)
