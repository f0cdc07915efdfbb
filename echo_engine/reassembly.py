"""Whole messages from WebSocket frames (RFC 6455, 5.4 and 5.6)."""

from __future__ import annotations

from collections.abc import Sequence

from websockets.frames import CTRL_OPCODES, CloseCode, Frame, Opcode

from echo_engine.call import Message

MAX_MESSAGE_BYTES = 64 * 1024  # two seconds of audio; the platform sends frames of 20 ms and text of a few KB
MAX_FRAGMENTS = 1024  # of one message


class Reassembly:
    """The fragments of a message that is half received."""

    __slots__ = ("_fragments", "_opcode", "others_received", "text_bytes")

    def __init__(self) -> None:
        self._fragments: list[bytes] = []  # empty between two messages
        self._opcode = Opcode.BINARY  # of the message under way
        self.others_received = 0  # control frames and text messages so far
        self.text_bytes = 0  # of the latter

    @property
    def between_messages(self) -> bool:
        """Whether nothing is half received."""
        return not self._fragments

    def receive(self, frames: Sequence[Frame]) -> tuple[list[Message], BrokenMessageError | None]:
        """Return the messages that these frames complete.

        A broken message ends the list: the messages before it are returned, and the error.
        """
        messages: list[Message] = []
        for frame in frames:
            try:
                message = self.add(frame)
            except BrokenMessageError as error:
                return messages, error
            if message is not None:
                messages.append(message)
        return messages, None

    def add(self, frame: Frame) -> Message | None:
        """Return the message that a frame completes: `bytes` if it is binary, `str` if it is text.

        Raises BrokenMessageError if the text is not UTF-8 or the fragments are too many.
        """
        if frame.opcode in CTRL_OPCODES:
            self.others_received += 1
            return None
        if frame.opcode is not Opcode.CONT:
            self._opcode = frame.opcode
        self._fragments.append(bytes(frame.data))
        if not frame.fin:
            if len(self._fragments) >= MAX_FRAGMENTS:
                raise BrokenMessageError(CloseCode.MESSAGE_TOO_BIG, f"over {MAX_FRAGMENTS} fragments")
            return None
        data = b"".join(self._fragments)
        self._fragments.clear()
        if self._opcode is Opcode.BINARY:
            return data
        self.others_received += 1
        self.text_bytes += len(data)
        return _decode(data)


class BrokenMessageError(Exception):
    """A message that the peer sent can't be put together; carries the close code for it and the reason."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BrokenMessageError(CloseCode.INVALID_DATA, f"text is not UTF-8 at byte {error.start}") from None
