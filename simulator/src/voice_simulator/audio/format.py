"""The audio of a call: signed 16-bit little-endian mono PCM, in frames of 20 ms."""

from __future__ import annotations

import enum
from typing import Literal, NamedTuple

FRAME_MS = 20
FRAME_SECONDS = FRAME_MS / 1000
FRAMES_PER_SECOND = 1000 // FRAME_MS
SAMPLE_BYTES = 2


Rate = Literal[8000, 16000, 24000]  # Hz


class AudioFormat(enum.Enum):
    """A format that the platform can stream, by its sample rate in Hz (platform.md, 3.3)."""

    L16_8000 = 8000
    L16_16000 = 16000
    L16_24000 = 24000

    @property
    def sample_rate(self) -> Rate:
        """Samples a second."""
        rate: Rate = self.value
        return rate

    @property
    def frame_samples(self) -> int:
        """Samples in a frame."""
        return self.sample_rate // FRAMES_PER_SECOND

    @property
    def frame_bytes(self) -> int:
        """Bytes in a frame: 320, 640 or 960."""
        return self.frame_samples * SAMPLE_BYTES

    @property
    def content_type(self) -> str:
        """The format's name in an NCCO and in the first message of a socket."""
        return f"audio/l16;rate={self.sample_rate}"


class TimedFrame(NamedTuple):
    """A frame, and when it began to be said or heard, in seconds on the call's clock."""

    time: float
    frame: bytes


CONTENT_TYPES = {audio_format.content_type: audio_format for audio_format in AudioFormat}
