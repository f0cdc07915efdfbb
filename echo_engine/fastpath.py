"""The echo of whole binary frames, without the parser and without an object per frame.

The slow path (parser, assembly, call) is its specification: tests/echo_engine/test_fastpath.py holds both to the
same output. It may be used only while the parser stands between two messages and the connection is open.
"""

from __future__ import annotations

from websockets.speedups import apply_mask

from shared.audio import AudioFormat

FINAL_BINARY = 0x82  # FIN bit and opcode (RFC 6455, 5.2)
MASKED_16_BIT = 0xFE  # MASK bit, and a length in the next two bytes
FROM_CLIENT = bytes((FINAL_BINARY, MASKED_16_BIT))  # how a frame of audio begins
FROM_SERVER = b"\x82\x7e"  # and its echo

# One frame of audio is what nearly every read brings. By its size: how it begins, how its echo begins, its payload.
AUDIO = {
    length + 8: (FROM_CLIENT + length.to_bytes(2), FROM_SERVER + length.to_bytes(2), length)
    for length in (audio_format.frame_bytes for audio_format in AudioFormat)
}


def echo_frames(data: bytes, max_payload_bytes: int, frame_bytes: int | None) -> tuple[bytes, int, int] | None:
    """Return the echo of masked binary frames: what to write, how many frames, and the bytes of their payloads.

    None unless the data is nothing but such frames, whole, unfragmented and with lengths in the shortest form, none
    over the limit, and all of the call's frame size if it has one.
    """
    if (audio := AUDIO.get(len(data))) is not None:
        begins, echo_begins, length = audio
        if data.startswith(begins) and (frame_bytes is None or length == frame_bytes) and length <= max_payload_bytes:
            return echo_begins + apply_mask(data[8:], data[4:8]), 1, length
    echoes: list[bytes] = []
    start, end, payload_bytes = 0, len(data), 0
    while start < end:
        if end - start < 6 or data[start] != FINAL_BINARY:
            return None
        if data[start + 1] == MASKED_16_BIT:
            length, mask = data[start + 2] << 8 | data[start + 3], start + 4
            if length < 126:
                return None
            header = FROM_SERVER + data[start + 2 : mask]
        else:
            length, mask = data[start + 1] - 0x80, start + 2
            if not 0 <= length < 126:
                return None
            header = bytes((FINAL_BINARY, length))
        payload = mask + 4
        start = payload + length
        if start > end or length > max_payload_bytes or (frame_bytes is not None and length != frame_bytes):
            return None
        echoes += (header, apply_mask(data[payload:start], data[mask:payload]))
        payload_bytes += length
    return b"".join(echoes), len(echoes) // 2, payload_bytes
