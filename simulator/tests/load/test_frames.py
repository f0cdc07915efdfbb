"""The lean frames are those of the protocol: a real parser reads what is built, and what it sends is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame
from websockets.frames import Opcode as WebSocketOpcode
from websockets.protocol import SERVER, Protocol

from voice_simulator.audio.format import AudioFormat
from voice_simulator.load.frames import AudioFrames, Opcode, ServerFrame, Stamp, client_frame, take_frames
from voice_simulator.load.wire import WireClosedError

FORMATS = list(AudioFormat)
AUDIO = AudioFrames(AudioFormat.L16_16000)
marks = st.builds(
    Stamp, st.integers(0, (1 << 16) - 1), st.integers(0, (1 << 32) - 1), st.booleans(), st.integers(0, (1 << 63) - 1)
)


def built(audio: AudioFrames, mark: Stamp) -> bytes:
    return audio.build(mark.call, mark.number, measured=mark.measured, sent_ns=mark.sent_ns)


def parsed(data: bytes) -> list[Frame]:
    protocol = Protocol(SERVER)
    protocol.receive_data(data)
    assert protocol.parser_exc is None
    return [event for event in protocol.events_received() if isinstance(event, Frame)]


def sent_by_server(frame: Frame) -> bytes:
    return frame.serialize(mask=False)


@given(st.sampled_from(FORMATS), marks)
def test_a_frame_is_one_message_of_20_ms_and_its_echo_tells_the_mark(audio_format: AudioFormat, mark: Stamp) -> None:
    audio = AudioFrames(audio_format)
    (frame,) = parsed(built(audio, mark))
    assert (frame.opcode, frame.fin, len(frame.data)) == (WebSocketOpcode.BINARY, True, audio_format.frame_bytes)
    echo = sent_by_server(frame)
    assert len(echo) == audio.echo_bytes
    assert audio.read(echo) == mark


@given(marks, st.integers(16, 639), st.integers(1, 255))
def test_damaged_audio_has_no_mark(mark: Stamp, place: int, change: int) -> None:
    (frame,) = parsed(built(AUDIO, mark))
    damaged = bytearray(sent_by_server(frame))
    damaged[4 + place] ^= change
    assert AUDIO.read(bytes(damaged)) is None


def test_audio_of_another_size_has_no_mark() -> None:
    (frame,) = parsed(built(AudioFrames(AudioFormat.L16_8000), Stamp(1, 2, True, 3)))
    assert AUDIO.read(sent_by_server(frame)) is None


@pytest.mark.parametrize(
    ("opcode", "length"),
    [(Opcode.TEXT, 0), (Opcode.TEXT, 126), (Opcode.TEXT, 4000), (Opcode.PONG, 1), (Opcode.PONG, 125)],
)
def test_other_frames_are_the_protocols(opcode: Opcode, length: int) -> None:
    payload = b"x" * length
    (frame,) = parsed(client_frame(opcode, payload))
    assert (int(frame.opcode), bytes(frame.data)) == (opcode, payload)


@given(st.lists(st.binary(max_size=300), max_size=5), st.data())
def test_frames_are_taken_whole_in_any_chunking(payloads: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(sent_by_server(Frame(WebSocketOpcode.BINARY, payload)) for payload in payloads)
    buffer, taken, rest = bytearray(), [], whole
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        buffer += rest[:size]
        rest = rest[size:]
        taken += [frame for frame, _ in take_frames(buffer)]
    assert taken == [ServerFrame(Opcode.BINARY, payload) for payload in payloads]
    assert not buffer


@pytest.mark.parametrize("head", [b"\x82\x7e\x20\x01", b"\x89\x7f" + (1 << 62).to_bytes(8)])
def test_a_message_that_is_too_large_is_never_waited_for(head: bytes) -> None:
    with pytest.raises(WireClosedError, match=r"sent a message of \d+ bytes; a load takes 8192 at most"):
        list(take_frames(bytearray(head)))
