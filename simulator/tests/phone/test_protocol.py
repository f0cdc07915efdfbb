from __future__ import annotations

import math
import struct

import pytest

from voice_simulator.phone.protocol import UNKNOWN_NUMBER, FrameKind, pack_frame, unpack_frame


def test_a_frame_goes_down_with_its_header() -> None:
    message = pack_frame(FrameKind.SAID, 5, 1.25, 2000.5, b"\1\2")
    assert struct.unpack("<IIdd", message[:24]) == (2, 5, 1.25, 2000.5)
    assert message[24:] == b"\1\2"


def test_what_is_not_known_is_marked_as_such() -> None:
    kind, number, at, captured = struct.unpack("<IIdd", pack_frame(FrameKind.STREAMED, None, 0.0, None, b""))
    assert (kind, number, at) == (1, UNKNOWN_NUMBER, 0.0)
    assert math.isnan(captured)


def test_a_frame_comes_up_with_its_time_of_capture() -> None:
    assert unpack_frame(struct.pack("<d", 12.5) + b"\1\2") == (12.5, b"\1\2")


def test_a_message_without_a_header_is_refused() -> None:
    with pytest.raises(ValueError, match="a header of 8 bytes; this message has 3"):
        unpack_frame(b"abc")
