"""The voice of a person at the page: the microphone or the bundled speech, the keys, and the fault buttons."""

from __future__ import annotations

from collections import deque
from typing import Literal

from ..audio.format import AudioFormat
from ..caller.script import Words
from ..caller.speech import Speech, speech_frames
from .microphone import Microphone

Source = Literal["microphone", "speech"]

REMEMBERED_FRAMES = 4500  # whose time of capture is known: longer than any echo takes, by delay and queue


class LiveVoice:
    """Says now what the page wants."""

    marked = True
    hangs_up = False  # the page hangs up

    def __init__(self, source: Source, speech: Speech) -> None:
        self.source = source
        self.microphone = Microphone()
        self._speech = speech
        self._frames_spoken = 0  # of the speech
        self._keys: deque[str] = deque()
        self._stall_asked = 0.0  # seconds
        self._stalled_until = 0.0  # seconds from the call's first frame
        self._captured_at: dict[int, float] = {}  # ms on the page's clock, by the frame's number

    def speak(self, source: Source) -> None:
        self.source = source
        self.microphone.forget()

    def press(self, key: str) -> None:
        self._keys.append(key)

    def stall(self, seconds: float) -> None:
        """Let the network stand still for so many seconds."""
        self._stall_asked = seconds

    def captured_at(self, number: int) -> float | None:
        """Return when a frame was captured, in ms on the page's clock; None if it was no microphone's."""
        return self._captured_at.get(number)

    def frame(self, number: int, audio_format: AudioFormat) -> bytes:
        """Return what is said now; silence if the microphone is late."""
        if self.source == "speech":
            frames = speech_frames(self._speech, audio_format)
            self._frames_spoken += 1
            return frames[(self._frames_spoken - 1) % len(frames)]
        captured = self.microphone.take(audio_format)
        if captured is None:
            return bytes(audio_format.frame_bytes)
        self._captured_at[number] = captured.at
        if len(self._captured_at) > REMEMBERED_FRAMES:
            del self._captured_at[next(iter(self._captured_at))]
        return captured.frame

    def is_stalled(self, time: float) -> bool:
        """Return whether a stall that was asked for is going on."""
        if self._stall_asked:
            self._stalled_until, self._stall_asked = time + self._stall_asked, 0.0
        return time < self._stalled_until

    def key_due(self, time: float) -> str | None:
        return self._keys.popleft() if self._keys else None

    def words_due(self, time: float) -> Words | None:
        """Return none: nobody here understands what is said into a microphone."""
        return None
