import pytest
from websockets.frames import CloseCode, Frame, Opcode

from echo_engine.reassembly import MAX_FRAGMENTS, Assembly, UnassemblableError


def test_a_frame_alone_is_a_message() -> None:
    assembly = Assembly()
    assert assembly.add(Frame(Opcode.BINARY, b"\xff")) == b"\xff"
    assert assembly.add(Frame(Opcode.TEXT, "é".encode())) == "é"
    assert assembly.add(Frame(Opcode.BINARY, b"")) == b""


def test_fragments_make_a_message_of_the_first_ones_kind() -> None:
    assembly = Assembly()
    assert assembly.add(Frame(Opcode.TEXT, b"\xc3", fin=False)) is None
    assert not assembly.between_messages
    assert assembly.add(Frame(Opcode.CONT, b"\xa9", fin=False)) is None
    assert assembly.add(Frame(Opcode.CONT, b"")) == "é"
    assert assembly.between_messages
    assert assembly.add(Frame(Opcode.BINARY, b"a", fin=False)) is None
    assert assembly.add(Frame(Opcode.CONT, b"b")) == b"ab"


def test_text_that_is_not_utf_8() -> None:
    with pytest.raises(UnassemblableError, match="byte 1") as caught:
        Assembly().add(Frame(Opcode.TEXT, b"a\xff"))
    assert caught.value.code is CloseCode.INVALID_DATA


def test_fragments_without_end() -> None:
    assembly = Assembly()
    assembly.add(Frame(Opcode.BINARY, b"", fin=False))
    for _ in range(MAX_FRAGMENTS - 2):
        assembly.add(Frame(Opcode.CONT, b"", fin=False))
    with pytest.raises(UnassemblableError, match=str(MAX_FRAGMENTS)) as caught:
        assembly.add(Frame(Opcode.CONT, b"", fin=False))
    assert caught.value.code is CloseCode.MESSAGE_TOO_BIG


def test_messages_before_one_that_can_not_be_had_are_kept() -> None:
    frames = [Frame(Opcode.BINARY, b"good"), Frame(Opcode.TEXT, b"\xff"), Frame(Opcode.BINARY, b"late")]
    messages, fault = Assembly().take(100, frames)
    assert messages == [b"good"]
    assert fault is not None


def test_between_two_frames_all_bytes_are_accounted_for() -> None:
    assembly = Assembly()
    for size in (0, 125, 126, 65535, 65536):
        frame = Frame(Opcode.BINARY, bytes(size))
        wire = frame.serialize(mask=True)
        assert assembly.take(len(wire) - 1, []) == ([], None)
        assert not assembly.between_messages
        assert assembly.take(1, [frame]) == ([bytes(size)], None)
        assert assembly.between_messages


def test_control_frames_are_counted_and_are_no_messages() -> None:
    assembly = Assembly()
    assert assembly.take(6, [Frame(Opcode.PING, b"")]) == ([], None)
    assert assembly.control_frames == 1
