from __future__ import annotations

import pytest

from voice_simulator.audio.format import CONTENT_TYPES


@pytest.mark.parametrize(
    ("content_type", "samples", "size"),
    [("audio/l16;rate=8000", 160, 320), ("audio/l16;rate=16000", 320, 640), ("audio/l16;rate=24000", 480, 960)],
)
def test_a_frame_is_20_ms_of_16_bit_samples(content_type: str, samples: int, size: int) -> None:
    audio_format = CONTENT_TYPES[content_type]
    assert (audio_format.frame_samples, audio_format.frame_bytes) == (samples, size)
    assert audio_format.content_type == content_type
