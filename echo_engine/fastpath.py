"""The echo of whole binary frames, without the parser and without an object per frame.

The slow path (parser, reassembly, call) is its specification: tests/echo_engine/test_fastpath.py checks that both have
the same output. It may be used only while the parser stands between two messages, the connection is open, and the
application sends every frame back at once: `Session.fast_call` decides.
"""

from __future__ import annotations

from websockets.speedups import apply_mask

from echo_engine.call import Call
from echo_engine.platform_messages import CLEAR
from shared.audio import AudioFormat

FINAL_BINARY = 0x82  # FIN bit and opcode (RFC 6455, 5.2)
MASKED_16_BIT = 0xFE  # MASK bit, and a length in the next two bytes
FROM_CLIENT = bytes((FINAL_BINARY, MASKED_16_BIT))  # how a frame of audio begins
FROM_SERVER = b"\x82\x7e"  # and its echo
CLEAR_MESSAGE = bytes((0x81, len(CLEAR))) + CLEAR.encode()
MAX_PLAIN_BYTES = 16 * 1024  # of a plain client's read: a larger one is taken in portions, between other calls' turns
HEADER_BYTES = 8  # of a frame of audio: two, the length, the mask

# By the size of a frame of audio on its way here: how it begins, how its echo begins, its payload.
AUDIO = {
    length + HEADER_BYTES: (FROM_CLIENT + length.to_bytes(2), FROM_SERVER + length.to_bytes(2), length)
    for length in (audio_format.frame_bytes for audio_format in AudioFormat)
}


def echo_read(data: bytes, call: Call, now: float, stale: bool) -> bytes | None:
    """Return what to write for a read, and have the call count it; None if the read must take the slow path.

    `stale` says that newer audio waits already: a live call's frames are dropped then.
    """
    if (audio := AUDIO.get(len(data))) is not None:  # one frame of audio is what nearly every read brings
        begins, echo_begins, length = audio
        if length == call.frame_bytes and data.startswith(begins) and call.pass_frames(1, now):
            return echo_begins + apply_mask(data[8:], data[4:8])
    if call.frame_bytes is not None:
        return _echo_frames(data, call.frame_bytes + HEADER_BYTES, call, now, stale)
    if len(data) > MAX_PLAIN_BYTES:
        return None
    echo = echo_any(data)
    if echo is None:
        return None
    call.pass_plain(echo[1], echo[2], now)
    return echo[0]


def _echo_frames(data: bytes, size: int, call: Call, now: float, stale: bool) -> bytes | None:
    """Echo whole frames of the call's size, as many as there are.

    Only the frames that are sent are unmasked. So the later the engine is, the less each frame costs it.
    """
    begins, echo_begins, _ = AUDIO[size]
    starts = range(0, len(data), size)
    if len(data) % size:
        return None
    for start in starts:
        if not data.startswith(begins, start):
            return None
    echoes = []
    if stale and call.drops_late_audio:
        call.drop_frames(len(starts), now)
        return b""
    if not call.pass_frames(len(starts), now):
        starts = starts[-call.pass_newest(len(starts), now) :]
        echoes.append(CLEAR_MESSAGE)
    for start in starts:
        echoes += (echo_begins, apply_mask(data[start + HEADER_BYTES : start + size], data[start + 4 : start + 8]))
    return b"".join(echoes)


def echo_any(data: bytes) -> tuple[bytes, int, int] | None:
    """Return the echo of masked binary frames of any size: what to write, how many, and the bytes of their payloads.

    None unless the data is nothing but such frames, whole, unfragmented and with lengths in the shortest form.
    """
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
        if start > end:
            return None
        echoes += (header, apply_mask(data[payload:start], data[mask:payload]))
        payload_bytes += length
    return b"".join(echoes), len(echoes) // 2, payload_bytes
