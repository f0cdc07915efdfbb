import pytest
from websockets.frames import CloseCode, Frame, Opcode

from echo_engine.reassembly import MAX_FRAGMENTS, BrokenMessageError, Reassembly


def test_a_frame_alone_is_a_message() -> None:
    reassembly = Reassembly()
    assert reassembly.add(Frame(Opcode.BINARY, b"\xff")) == b"\xff"
    assert reassembly.add(Frame(Opcode.TEXT, "é".encode())) == "é"
    assert reassembly.add(Frame(Opcode.BINARY, b"")) == b""


def test_fragments_make_a_message_of_the_first_ones_kind() -> None:
    reassembly = Reassembly()
    assert reassembly.add(Frame(Opcode.TEXT, b"\xc3", fin=False)) is None
    assert not reassembly.between_messages
    assert reassembly.add(Frame(Opcode.CONT, b"\xa9", fin=False)) is None
    assert reassembly.add(Frame(Opcode.CONT, b"")) == "é"
    assert reassembly.between_messages
    assert reassembly.add(Frame(Opcode.BINARY, b"a", fin=False)) is None
    assert reassembly.add(Frame(Opcode.CONT, b"b")) == b"ab"


def test_text_that_is_not_utf_8() -> None:
    with pytest.raises(BrokenMessageError, match="byte 1") as caught:
        Reassembly().add(Frame(Opcode.TEXT, b"a\xff"))
    assert caught.value.code is CloseCode.INVALID_DATA


def test_fragments_without_end() -> None:
    reassembly = Reassembly()
    reassembly.add(Frame(Opcode.BINARY, b"", fin=False))
    for _ in range(MAX_FRAGMENTS - 2):
        reassembly.add(Frame(Opcode.CONT, b"", fin=False))
    with pytest.raises(BrokenMessageError, match=str(MAX_FRAGMENTS)) as caught:
        reassembly.add(Frame(Opcode.CONT, b"", fin=False))
    assert caught.value.code is CloseCode.MESSAGE_TOO_BIG


def test_messages_before_one_that_can_not_be_had_are_kept() -> None:
    frames = [Frame(Opcode.BINARY, b"good"), Frame(Opcode.TEXT, b"\xff"), Frame(Opcode.BINARY, b"late")]
    messages, fault = Reassembly().receive(frames)
    assert messages == [b"good"]
    assert fault is not None


def test_control_frames_are_counted_and_are_no_messages() -> None:
    reassembly = Reassembly()
    assert reassembly.receive([Frame(Opcode.PING, b"")]) == ([], None)
    assert reassembly.others_received == 1
