"""The WebSocket frames of a lean call (RFC 6455, 5.2): audio that is built and compared at the least cost."""

from __future__ import annotations

import enum
import random
import struct
from collections.abc import Iterator
from typing import NamedTuple

from ..audio.format import AudioFormat
from .wire import WireClosedError

_MARK = struct.Struct("<QQ")  # the call, whether the frame is measured, and its number; when it was sent
_CALL_SHIFT, _MEASURED = 33, 1 << 32
_FINAL, _MASKED = 0x80, 0x80
MOST_BYTES = 8192  # of a message: an answer to it fits into one of less than 64 KiB


class Opcode(enum.IntEnum):
    """What a WebSocket frame holds."""

    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class Stamp(NamedTuple):
    """What a frame of audio says of itself."""

    call: int
    number: int
    measured: bool
    sent_ns: int  # time_ns


class ServerFrame(NamedTuple):
    """A WebSocket frame that the server sent."""

    opcode: int
    payload: bytes


class AudioFrames:
    """Builds the audio of one process's calls, and reads its echo: a mark, then the same noise in all frames.

    All frames have the same mask: it is random, and only the server needs it.
    """

    def __init__(self, audio_format: AudioFormat) -> None:
        noise = random.Random(audio_format.sample_rate)  # noqa: S311  # it is no secret
        size = audio_format.frame_bytes
        mask = noise.randbytes(4)
        self._tail = noise.randbytes(size - _MARK.size)
        self._client_head = bytes((_FINAL | Opcode.BINARY, _MASKED | 126)) + size.to_bytes(2) + mask
        self._masked_tail = _xor(self._tail, mask)
        self._mask = int.from_bytes(mask * 2, "little")
        self._server_head = bytes((_FINAL | Opcode.BINARY, 126)) + size.to_bytes(2)
        self.echo_bytes = len(self._server_head) + size  # of a whole frame from the server

    def build(self, call: int, number: int, *, measured: bool, sent_ns: int) -> bytes:
        """Return a frame of audio, masked, as a client sends it."""
        what = call << _CALL_SHIFT | (_MEASURED if measured else 0) | number
        return self._client_head + _MARK.pack(what ^ self._mask, sent_ns ^ self._mask) + self._masked_tail

    def read(self, frame: bytes) -> Stamp | None:
        """Return the mark of an echo, a whole WebSocket frame; None if it is no echo, or not whole."""
        if len(frame) != self.echo_bytes or not (frame.startswith(self._server_head) and frame.endswith(self._tail)):
            return None
        what, sent_ns = _MARK.unpack_from(frame, len(self._server_head))
        return Stamp(what >> _CALL_SHIFT, what & (_MEASURED - 1), bool(what & _MEASURED), sent_ns)


def client_frame(opcode: Opcode, payload: bytes) -> bytes:
    """Return any other frame as a client sends it, with a mask of zeros; the payload has less than 64 KiB."""
    length = len(payload)
    size = bytes((_MASKED | length,)) if length < 126 else bytes((_MASKED | 126,)) + length.to_bytes(2)
    return bytes((_FINAL | opcode,)) + size + bytes(4) + payload


def take_frames(buffer: bytearray) -> Iterator[tuple[ServerFrame, bytes]]:
    """Take the whole frames at the beginning of a buffer out of it; yield each, read and as it came.

    Raises WireClosedError for one that is too large.
    """
    while len(buffer) >= 2:
        length, header = buffer[1] & 0x7F, 2
        if length >= 126:
            header = 4 if length == 126 else 10
            length = int.from_bytes(buffer[2:header])
        if length > MOST_BYTES:
            raise WireClosedError(f"the server sent a message of {length} bytes; a load takes {MOST_BYTES} at most")
        if len(buffer) < header + length:
            return
        whole = bytes(buffer[: header + length])
        del buffer[: header + length]
        yield ServerFrame(whole[0] & 0x0F, whole[header:]), whole


def _xor(data: bytes, mask: bytes) -> bytes:
    key = (mask * (len(data) // 4 + 1))[: len(data)]
    return (int.from_bytes(data) ^ int.from_bytes(key)).to_bytes(len(data))
