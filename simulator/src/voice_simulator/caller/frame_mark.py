"""The mark that makes every frame of every call unique: 48 inaudible bits, one in each of its first 48 samples.

Without the mark a lost or swapped frame could hide: one frame of silence is like another. The mark is the call's index
(16 bits) and the frame's number (32 bits), most significant bit first; each bit is the least significant bit of one
sample. The shortest frame, 20 ms at 8000 Hz, has 160 samples.
"""

from __future__ import annotations

from typing import NamedTuple

MAX_CALLS = 1 << 16

_BITS = 48
_NUMBER_BITS = 32
# A sample is 2 bytes, little-endian: the low bytes stand at the even places.
_LOW_BYTES = slice(0, 2 * _BITS, 2)
_LOWEST_BITS = int.from_bytes(b"\x01" * _BITS)
_OTHER_BITS = int.from_bytes(b"\xfe" * _BITS)
_AS_DIGITS = bytes(ord("0") + (byte & 1) for byte in range(256))


class FrameMark(NamedTuple):
    """The call's index in the run, and the frame's number in the call; both count from 0."""

    call_index: int
    number: int


def write_mark(frame: bytes, mark: FrameMark) -> bytes:
    """Return a frame (16-bit PCM, at least 48 samples) with the mark in it."""
    # The lowest bit of the ASCII digits "0" and "1" is 0 and 1.
    bits = format(mark.call_index << _NUMBER_BITS | mark.number, f"0{_BITS}b").encode()
    marked = bytearray(frame)
    low_bytes = int.from_bytes(marked[_LOW_BYTES]) & _OTHER_BITS | int.from_bytes(bits) & _LOWEST_BITS
    marked[_LOW_BYTES] = low_bytes.to_bytes(_BITS)
    return bytes(marked)


def read_mark(frame: bytes) -> FrameMark:
    """Return the mark of a frame; a frame that was never marked gives a mark by accident."""
    bits = int(frame[_LOW_BYTES].translate(_AS_DIGITS), base=2)
    return FrameMark(bits >> _NUMBER_BITS, bits & (1 << _NUMBER_BITS) - 1)
