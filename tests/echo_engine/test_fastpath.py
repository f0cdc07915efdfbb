"""The fast path against its specification, the slow path: same bytes out for any bytes in, however they are cut."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from echo_engine import connection as connection_module
from echo_engine.calls import Calls
from echo_engine.connection import Connection
from echo_engine.fastpath import echo_any
from echo_engine.session import Session
from echo_engine.watchdog import Limits
from tests.harness.engine import HANDSHAKE, context_of

CONNECTED = b'{"event": "websocket:connected", "content-type": "audio/l16;rate=8000"}'
FRAME_BYTES = 320


class RecordingTransport:
    """Stands where uvloop's transport does and keeps what is written, since a kernel's buffers can't be compared."""

    def __init__(self) -> None:
        self.written = bytearray()
        self.closing = False
        self.reading = True

    def write(self, data: bytes) -> None:
        assert not self.closing
        self.written += data

    def write_eof(self) -> None:
        self.written += b"<eof>"

    def abort(self) -> None:
        self.closing = True

    def is_closing(self) -> bool:
        return self.closing

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int) -> None:
        pass

    def pause_reading(self) -> None:
        assert self.reading
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


def run(chunks: list[tuple[bytes, float]]) -> tuple[bytes, object]:
    """Return what a connection writes for chunks that come after so many seconds each, and what its call counted."""
    now = [100.0]
    calls = Calls(1)

    def unread(_: object) -> int:
        return int(now[0] * 50) % 3  # at times nothing

    turns: list[Callable[[], None]] = []  # of the loop, still to come
    limits = Limits(max_message_bytes=2000)
    context = context_of(calls, limits=limits, clock=lambda: now[0], bytes_unread=unread, call_soon=turns.append)
    transport = RecordingTransport()
    connection = Connection(context, set())
    connection.connection_made(transport)  # type: ignore[arg-type]
    connection.data_received(HANDSHAKE)
    (call,) = calls
    handshake_bytes = len(transport.written)
    for chunk, seconds in chunks:
        now[0] += seconds
        connection.data_received(chunk)
        while turns:
            turns.pop()()
        assert transport.reading or transport.closing
    call.quality.digest()
    quality = call.quality
    counts = (
        call.frames_received, call.frames_echoed, dict(call.frames_dropped), call.bytes_received,
        call.play_out.lag_resets, call.play_out.frames_cut, call.play_out.ends_at,
        quality.longest_gap, quality.jitter, quality.gaps, quality.gap_seconds,
    )  # fmt: skip
    return bytes(transport.written[handshake_bytes:]), counts


def refuse(*_: object, **__: object) -> None:
    """Be a fast path that never takes anything."""


def masked(opcode: Opcode, payload: bytes, *, fin: bool = True, rsv1: bool = False) -> bytes:
    return _masked(Frame(opcode, payload, fin=fin, rsv1=rsv1))


def _masked(frame: Frame) -> bytes:
    with mock.patch.object(Frame, "check", return_value=None):
        return frame.serialize(mask=True)


def long_form(payload: bytes) -> bytes:
    """Return a frame whose length is not in the shortest form."""
    return b"\x82\xff" + len(payload).to_bytes(8, "big") + b"\x00" * 4 + payload


audio = st.binary(min_size=FRAME_BYTES, max_size=FRAME_BYTES).map(lambda payload: masked(Opcode.BINARY, payload))
pieces = st.one_of(
    audio,
    audio,
    audio,
    st.lists(audio, min_size=10, max_size=40).map(b"".join),
    st.binary(max_size=300).map(lambda payload: masked(Opcode.BINARY, payload)),
    st.binary(max_size=300).map(lambda payload: masked(Opcode.BINARY, payload, fin=False)),
    st.binary(max_size=300).map(lambda payload: masked(Opcode.CONT, payload)),
    st.binary(max_size=300).map(long_form),
    st.text(max_size=50).map(lambda text: masked(Opcode.TEXT, text.encode())),
    st.just(masked(Opcode.TEXT, CONNECTED)),
    st.sampled_from("0*15").map(lambda digit: masked(Opcode.TEXT, b'{"digit": "%s"}' % digit.encode())),
    st.binary(max_size=130).map(lambda payload: masked(Opcode.PING, payload)),
    st.binary(max_size=10).map(lambda payload: masked(Opcode.BINARY, payload, rsv1=True)),
    st.just(masked(Opcode.CLOSE, b"\x03\xe8")),
    st.just(masked(Opcode.BINARY, b"x" * 3000)),
    st.binary(min_size=1, max_size=20),
)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[start:end] for start, end in itertools.pairwise(edges) if end > start]


@settings(deadline=None, max_examples=400)
@given(
    stream=st.lists(pieces, max_size=30).map(b"".join),
    announced=st.booleans(),
    places=st.lists(st.integers(0, 20_000), max_size=30),
    seconds=st.lists(st.sampled_from([0.0, 0.02, 0.02, 0.5]), min_size=1, max_size=10),
)
def test_fast_output_equals_slow_output(
    stream: bytes, *, announced: bool, places: list[int], seconds: list[float]
) -> None:
    if announced:
        stream = masked(Opcode.TEXT, CONNECTED) + stream
    chunks = list(zip(cut(stream, places), itertools.cycle(seconds), strict=False))
    fast = run(chunks)
    with mock.patch.object(connection_module, "echo_read", refuse):
        slow = run(chunks)
    assert fast == slow


@settings(deadline=None)
@given(st.lists(audio, min_size=1, max_size=200))
def test_whole_frames_are_taken_by_the_fast_path_however_many_they_are(frames: list[bytes]) -> None:
    with mock.patch.object(Session, "receive", autospec=True, side_effect=Session.receive) as slow:
        run([(masked(Opcode.TEXT, CONNECTED), 0.0), (b"".join(frames), 0.02), (frames[0], 0.2)])
    assert slow.call_count == 2, "the handshake and the first message"


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 640, 2000])
def test_any_size_is_echoed_to_a_plain_client(size: int, times: int) -> None:
    payload = (bytes(range(256)) * 8)[:size]
    echo = echo_any(masked(Opcode.BINARY, payload) * times, 2000)
    assert echo == (Frame(Opcode.BINARY, payload).serialize(mask=False) * times, times, times * size)


def test_a_message_over_the_limit_and_a_part_of_a_frame_are_left_to_the_parser() -> None:
    data = masked(Opcode.BINARY, bytes(640))
    assert echo_any(data * 2, 640) is not None
    assert echo_any(data * 2, 639) is None
    assert {echo_any(data[:size], 2000) for size in range(1, len(data))} == {None}


def taken_after(before: bytes) -> list[bool]:
    """Return for each read whether the fast path was tried: a first message, the bytes given, and a frame."""
    tried: list[bytes] = []

    def spy(data: bytes, *_: object, **__: object) -> None:
        tried.append(data)

    reads = [masked(Opcode.TEXT, CONNECTED), before, masked(Opcode.BINARY, bytes(FRAME_BYTES))]
    with mock.patch.object(connection_module, "echo_read", spy):
        run([(read, 0.02) for read in reads])
    return [read in tried for read in reads]


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(long_form(bytes(100)), id="length in 64 bits"),
        pytest.param(b"\x82\xfe\x00\x64" + bytes(104), id="length of 100 in 16 bits"),
        pytest.param(masked(Opcode.PING, b"x"), id="ping"),
        pytest.param(masked(Opcode.TEXT, b"a", fin=False) + masked(Opcode.CONT, b"b"), id="fragments"),
    ],
)
def test_after_any_whole_message_the_fast_path_is_open(before: bytes) -> None:
    assert taken_after(before) == [True, True, True]


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(masked(Opcode.TEXT, b"a", fin=False), id="first fragment"),
        pytest.param(masked(Opcode.BINARY, bytes(640))[:-1], id="all but a byte"),
        pytest.param(b"\x82", id="first byte"),
    ],
)
def test_within_a_message_the_fast_path_is_closed(before: bytes) -> None:
    assert taken_after(before) == [True, True, False]
