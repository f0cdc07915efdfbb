"""Whole messages from WebSocket frames (RFC 6455, 5.4 and 5.6)."""

from __future__ import annotations

from collections.abc import Sequence

from websockets.frames import CTRL_OPCODES, CloseCode, Frame, Opcode

from echo_engine.call import Message

MAX_FRAGMENTS = 1024  # of one message; their sizes are the protocol's to limit


class Assembly:
    """What a connection has half received: a frame in the parser, a message in fragments."""

    __slots__ = ("_fragments", "_opcode", "_unparsed_bytes", "control_frames")

    def __init__(self) -> None:
        self._fragments: list[bytes] = []  # empty between two messages
        self._opcode = Opcode.BINARY  # of the message under way
        self._unparsed_bytes = 0  # fed to the parser less what its frames took: 0 between two frames
        self.control_frames = 0  # received so far

    @property
    def between_messages(self) -> bool:
        """Whether nothing is half received."""
        return not self._unparsed_bytes and not self._fragments

    def take(self, data_bytes: int, frames: Sequence[Frame]) -> tuple[list[Message], UnassemblableError | None]:
        """Return the messages that the frames complete which the parser made of so many bytes more.

        If one can't be had, return those before it and why.
        """
        self._unparsed_bytes += data_bytes
        messages: list[Message] = []
        for frame in frames:
            self._unparsed_bytes -= wire_bytes(frame)
            try:
                message = self.add(frame)
            except UnassemblableError as error:
                return messages, error
            if message is not None:
                messages.append(message)
        return messages, None

    def add(self, frame: Frame) -> Message | None:
        """Return the message that a frame completes: `bytes` if it is binary, `str` if it is text.

        Raises UnassemblableError if the text is not UTF-8 or the fragments are too many.
        """
        if frame.opcode in CTRL_OPCODES:
            self.control_frames += 1
            return None
        if frame.opcode is not Opcode.CONT:
            self._opcode = frame.opcode
        self._fragments.append(bytes(frame.data))
        if not frame.fin:
            if len(self._fragments) >= MAX_FRAGMENTS:
                raise UnassemblableError(CloseCode.MESSAGE_TOO_BIG, f"over {MAX_FRAGMENTS} fragments")
            return None
        data = b"".join(self._fragments)
        self._fragments.clear()
        return data if self._opcode is Opcode.BINARY else _decode(data)


class UnassemblableError(Exception):
    """The peer's message can't be had; carries the close code and its reason."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UnassemblableError(CloseCode.INVALID_DATA, f"text is not UTF-8 at byte {error.start}") from None


def wire_bytes(frame: Frame) -> int:
    """Return the size of a frame as a client sends it, if its length is in the shortest form (RFC 6455, 5.2)."""
    length = len(frame.data)
    return length + (6 if length < 126 else 8 if length < 65536 else 14)
