from __future__ import annotations

from simulator.tests.harness.placing import SPEECH, script
from voice_simulator.audio.format import AudioFormat
from voice_simulator.caller.script import Digit, Words
from voice_simulator.caller.speech import speech_frames
from voice_simulator.caller.voice import ScriptedVoice


def test_keys_are_due_in_order_of_their_time() -> None:
    voice = ScriptedVoice(script(digits=(Digit("5", 2.0), Digit("#", 1.0), Digit("1", 1.5))))
    assert voice.key_due(0.98) is None
    assert [voice.key_due(1.5) for _ in range(3)] == ["#", "1", None]
    assert [voice.key_due(9.0) for _ in range(2)] == ["5", None]


def test_words_are_due_once() -> None:
    words = (Words("hello", 0.5, 1.0), Words("bye", 2.0, 0.5))
    voice = ScriptedVoice(script(words=words))
    assert [voice.words_due(time) for time in (0.4, 0.5, 0.6, 2.1, 3.0)] == [None, words[0], None, words[1], None]


def test_the_speech_is_said_over_and_over_in_the_format_of_the_call() -> None:
    voice = ScriptedVoice(script())
    frames = speech_frames(SPEECH, AudioFormat.L16_8000)
    said = [voice.frame(number, AudioFormat.L16_8000) for number in range(2 * len(frames))]
    assert said == frames * 2


def test_the_frames_of_a_call_for_the_echo_are_marked() -> None:
    assert ScriptedVoice(script()).marked
    assert not ScriptedVoice(script(expect="audio")).marked
