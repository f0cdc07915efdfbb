import pytest

from shared.audio import AudioFormat


@pytest.mark.parametrize(("sample_rate", "frame_bytes"), [(8000, 320), (16000, 640), (24000, 960)])
def test_a_frame_is_20_ms(sample_rate: int, frame_bytes: int) -> None:
    assert AudioFormat(sample_rate).frame_bytes == frame_bytes


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_a_content_type_names_its_format(audio_format: AudioFormat) -> None:
    assert AudioFormat.parse(audio_format.content_type) is audio_format


def test_a_content_type_may_be_written_loosely() -> None:
    assert AudioFormat.parse(" Audio/L16 ; rate = 8000") is AudioFormat.L16_8000


@pytest.mark.parametrize("content_type", ["", "audio/l16", "audio/l16;rate=44100", "audio/pcm;rate=8000", "x" * 10_000])
def test_another_content_type_is_an_error_that_names_the_right_ones(content_type: str) -> None:
    with pytest.raises(ValueError, match="audio/l16;rate=16000") as caught:
        AudioFormat.parse(content_type)
    assert len(str(caught.value)) < 250
