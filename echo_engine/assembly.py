"""Whole messages from WebSocket frames (RFC 6455, 5.4 and 5.6)."""

from __future__ import annotations

from websockets.frames import CloseCode, Frame, Opcode

from echo_engine.call import Message

MAX_FRAGMENTS = 1024  # of one message; their sizes are the protocol's to limit


class Assembly:
    """The message that is under way on a connection, a fragment at a time."""

    __slots__ = ("_fragments", "_opcode")

    def __init__(self) -> None:
        self._fragments: list[bytes] = []  # empty between two messages
        self._opcode = Opcode.BINARY  # of the message under way

    @property
    def under_way(self) -> bool:
        """Whether a message has begun and not ended."""
        return bool(self._fragments)

    def add(self, frame: Frame) -> Message | None:
        """Return the message that a data frame completes: `bytes` if it is binary, `str` if it is text.

        Raises UnassemblableError if the text is not UTF-8 or the fragments are too many.
        """
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
