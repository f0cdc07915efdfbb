import pytest
from websockets.frames import CloseCode, Frame, Opcode

from echo_engine.assembly import MAX_FRAGMENTS, Assembly, UnassemblableError


def test_a_frame_alone_is_a_message() -> None:
    assembly = Assembly()
    assert assembly.add(Frame(Opcode.BINARY, b"\xff")) == b"\xff"
    assert assembly.add(Frame(Opcode.TEXT, "é".encode())) == "é"
    assert assembly.add(Frame(Opcode.BINARY, b"")) == b""


def test_fragments_make_a_message_of_the_first_ones_kind() -> None:
    assembly = Assembly()
    assert assembly.add(Frame(Opcode.TEXT, b"\xc3", fin=False)) is None
    assert assembly.under_way
    assert assembly.add(Frame(Opcode.CONT, b"\xa9", fin=False)) is None
    assert assembly.add(Frame(Opcode.CONT, b"")) == "é"
    assert not assembly.under_way
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
