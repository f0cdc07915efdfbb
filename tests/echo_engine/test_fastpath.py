"""The fast path against its specification, the slow path: same bytes out for any bytes in, however they are cut."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from echo_engine.calls import Calls
from echo_engine.connection import LATE_BYTES, PORTION_BYTES, Connection
from echo_engine.fastpath import echo_any
from echo_engine.reassembly import MAX_MESSAGE_BYTES
from echo_engine.session import Session
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


class Peers:
    """A call in an engine without a loop, whose clock the test moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.calls = Calls(1)
        self.turns: list[Callable[[], None]] = []  # of the loop, still to come
        self.context = context_of(
            self.calls, clock=lambda: self.now, bytes_unread=lambda _: self.unread, call_soon=self.turns.append
        )

    @property
    def unread(self) -> int:
        """How many bytes wait in the kernel: at times none."""
        return int(self.now * 50) % 3

    def counts(self) -> object:
        (call,) = self.calls
        call.quality.digest()
        quality = call.quality
        return (
            call.frames_received, call.frames_echoed, dict(call.frames_dropped), call.bytes_received,
            call.play_out.lag_resets, call.play_out.frames_cut, call.play_out.ends_at,
            quality.longest_gap, quality.jitter, quality.gaps, quality.gap_seconds,
        )  # fmt: skip


def fast(chunks: list[tuple[bytes, float]]) -> tuple[bytes, object]:
    """Return what a connection writes for chunks that come after so many seconds each, and what its call counts."""
    peers, transport = Peers(), RecordingTransport()
    connection = Connection(peers.context, set())
    connection.connection_made(transport)  # type: ignore[arg-type]
    connection.data_received(HANDSHAKE)
    handshake_bytes = len(transport.written)
    for chunk, seconds in chunks:
        peers.now += seconds
        connection.data_received(chunk)
        while peers.turns:
            peers.turns.pop()()
        assert transport.reading or transport.closing
    return bytes(transport.written[handshake_bytes:]), peers.counts()


def slow(chunks: list[tuple[bytes, float]]) -> tuple[bytes, object]:
    """Return the same of a session, which is all of the slow path, fed as a connection feeds it."""
    peers, written = Peers(), bytearray()
    session = opened(peers)
    for chunk, seconds in chunks:
        peers.now += seconds
        stale = len(chunk) > LATE_BYTES and peers.unread > 0
        for start in range(0, len(chunk), PORTION_BYTES):
            if session.cut:
                break
            whole = start + PORTION_BYTES >= len(chunk)
            session.receive(chunk[start : start + PORTION_BYTES], peers.now, whole=whole, stale=stale)
            for data in session.data_to_send(peers.now):
                written += data or b"<eof>"
            session.settle(0, peers.now)
    return bytes(written), peers.counts()


def opened(peers: Peers) -> Session:
    session = Session(peers.context, peers.now)
    session.receive(HANDSHAKE, peers.now, whole=True, stale=False)
    session.data_to_send(peers.now)
    session.settle(0, peers.now)
    return session


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
    st.just(masked(Opcode.BINARY, bytes(MAX_MESSAGE_BYTES + 1))),
    st.binary(min_size=1, max_size=20),
)


# What a peer writes at once.
writes = st.one_of(
    audio,
    st.lists(audio, min_size=1, max_size=40).map(b"".join),
    st.builds(lambda frame, times: frame * times, audio, st.integers(1, 100)),  # a read of over 50 is a late one
    st.lists(pieces).map(b"".join),
)


def cut(written: list[bytes], places: list[int]) -> list[bytes]:
    """Return the reads of what was written: one for each write, but for further cuts at some places."""
    ends = list(itertools.accumulate(map(len, written), initial=0))
    edges = sorted({*ends, *(place % (ends[-1] + 1) for place in places)})
    return [b"".join(written)[start:end] for start, end in itertools.pairwise(edges)]


A_STALLS_BURST = [b"".join(masked(Opcode.BINARY, bytes([number]) * FRAME_BYTES) for number in range(30))]
AS_LONG_AS_AUDIO = [
    masked(Opcode.TEXT, b"x" * FRAME_BYTES),
    masked(Opcode.BINARY, bytes(FRAME_BYTES), fin=False),
    masked(Opcode.BINARY, bytes(FRAME_BYTES)) + masked(Opcode.TEXT, b"x" * FRAME_BYTES),
]


@settings(deadline=None, max_examples=150)
@example(written=A_STALLS_BURST, announced=True, places=[], seconds=[0.02])
@example(written=AS_LONG_AS_AUDIO, announced=True, places=[], seconds=[0.02])
@given(
    written=st.lists(writes, max_size=10),
    announced=st.booleans(),
    places=st.lists(st.integers(0, 20_000), max_size=10),
    seconds=st.lists(st.sampled_from([0.0, 0.02, 0.02, 0.5]), min_size=1, max_size=10),
)
def test_fast_output_equals_slow_output(
    written: list[bytes], *, announced: bool, places: list[int], seconds: list[float]
) -> None:
    if announced:
        written = [masked(Opcode.TEXT, CONNECTED), *written]
    chunks = list(zip(cut(written, places), itertools.cycle(seconds), strict=False))
    assert fast(chunks) == slow(chunks)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 640, 2000])
def test_any_size_is_echoed_to_a_plain_client(size: int, times: int) -> None:
    payload = (bytes(range(256)) * 8)[:size]
    echo = echo_any(masked(Opcode.BINARY, payload) * times)
    assert echo == (Frame(Opcode.BINARY, payload).serialize(mask=False) * times, times, times * size)


def test_a_part_of_a_frame_is_left_to_the_parser() -> None:
    data = masked(Opcode.BINARY, bytes(640))
    assert {echo_any(data[:size]) for size in range(1, len(data))} == {None}


def is_open_after(before: bytes) -> bool:
    """Tell whether the fast path is open after a call's first message and the bytes given."""
    peers = Peers()
    session = opened(peers)
    for data in (masked(Opcode.TEXT, CONNECTED), before):
        session.receive(data, peers.now, whole=True, stale=False)
        session.data_to_send(peers.now)
    return session.fast_call is not None


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
    assert is_open_after(before)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(masked(Opcode.TEXT, b"a", fin=False), id="first fragment"),
        pytest.param(masked(Opcode.BINARY, bytes(640))[:-1], id="all but a byte"),
        pytest.param(b"\x82", id="first byte"),
    ],
)
def test_within_a_message_the_fast_path_is_closed(before: bytes) -> None:
    assert not is_open_after(before)
