from __future__ import annotations

from simulator.tests.harness.placing import SPEECH
from voice_simulator.audio.format import AudioFormat
from voice_simulator.caller.speech import speech_frames
from voice_simulator.phone.live_voice import REMEMBERED_FRAMES, LiveVoice
from voice_simulator.phone.microphone import Captured

FORMAT = AudioFormat.L16_16000
SILENCE = bytes(FORMAT.frame_bytes)


def test_the_bundled_speech_begins_at_its_beginning_whenever_it_is_chosen() -> None:
    voice = LiveVoice("microphone", SPEECH)
    assert voice.frame(0, FORMAT) == SILENCE
    voice.speak("speech")
    frames = speech_frames(SPEECH, FORMAT)
    said = [voice.frame(number, FORMAT) for number in range(1, 1 + 2 * len(frames))]
    assert said == frames * 2
    assert voice.captured_at(1) is None


def test_the_time_of_capture_belongs_to_the_number_of_the_frame() -> None:
    voice = LiveVoice("microphone", SPEECH)
    for number in range(2):
        voice.microphone.put(Captured(100.0 + number, b"\1" * FORMAT.frame_bytes))
    assert voice.frame(7, FORMAT) == b"\1" * FORMAT.frame_bytes
    voice.frame(8, FORMAT)
    assert [voice.captured_at(number) for number in (6, 7, 8, 9)] == [None, 100.0, 101.0, None]


def test_times_of_capture_are_forgotten_at_last() -> None:
    voice = LiveVoice("microphone", SPEECH)
    voice.microphone.put(Captured(0.0, SILENCE))
    for number in range(REMEMBERED_FRAMES + 1):
        voice.microphone.put(Captured(1.0 + number, SILENCE))
        voice.frame(number, FORMAT)
    assert voice.captured_at(0) is None
    assert voice.captured_at(1) == 1.0


def test_a_stall_lasts_from_the_next_look_on() -> None:
    voice = LiveVoice("speech", SPEECH)
    assert voice.is_stalled(1.0) is False
    voice.stall(0.5)
    assert [voice.is_stalled(time) for time in (2.0, 2.4, 2.5, 3.0)] == [True, True, False, False]


def test_keys_are_pressed_in_their_order() -> None:
    voice = LiveVoice("speech", SPEECH)
    for key in "1#":
        voice.press(key)
    assert [voice.key_due(0.0) for _ in range(3)] == ["1", "#", None]
    assert voice.words_due(0.0) is None
