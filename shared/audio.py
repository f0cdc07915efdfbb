"""The audio of a call: signed 16-bit little-endian mono PCM, in frames of 20 ms."""

from __future__ import annotations

import enum
import re

FRAME_MS = 20
FRAME_SECONDS = FRAME_MS / 1000
FRAMES_PER_SECOND = 1000 // FRAME_MS
SAMPLE_BYTES = 2


class AudioFormat(enum.Enum):
    """A format that the platform can stream, by its sample rate in Hz (platform.md, 3.3)."""

    L16_8000 = 8000
    L16_16000 = 16000
    L16_24000 = 24000

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate  # samples a second
        self.frame_bytes = sample_rate // FRAMES_PER_SECOND * SAMPLE_BYTES  # of 20 ms: 320, 640 or 960

    @property
    def content_type(self) -> str:
        """Name of the format in an NCCO and in the first message of a call."""
        return f"audio/l16;rate={self.value}"

    @classmethod
    def parse(cls, content_type: str) -> AudioFormat:
        """Return the format that a content type names; upper case and spaces around the parts are allowed.

        Raises ValueError if it is not `audio/l16` at one of the platform's rates.
        """
        match = re.fullmatch(r"\s*audio/l16\s*;\s*rate\s*=\s*([0-9]{4,5})\s*", content_type, re.IGNORECASE)
        if match is None or int(match[1]) not in cls._value2member_map_:
            names = ", ".join(member.content_type for member in cls)
            raise ValueError(f"unknown content type {content_type[:80]!r}; it must be one of: {names}")
        return cls(int(match[1]))
