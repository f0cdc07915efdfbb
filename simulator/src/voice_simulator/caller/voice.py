"""What a caller says and does: a script says so beforehand, or a person does it now."""

from __future__ import annotations

from typing import Protocol

from ..audio.format import AudioFormat
from ..record.record import Record
from .reactions import Reactions
from .script import Script, Words
from .speech import mix, speech_frames


class Voice(Protocol):
    """Is asked for everything in the rhythm of the call's frames; times are in seconds from the first of them."""

    @property
    def marked(self) -> bool:
        """Whether each frame carries a mark, so that its echo is known."""

    @property
    def hangs_up(self) -> bool:
        """Whether the caller hangs up now, before the end of the time."""

    def frame(self, number: int, audio_format: AudioFormat) -> bytes:
        """Return what is said in a frame, by the frame's number from 0; each is asked for once, in order."""

    def is_stalled(self, time: float) -> bool:
        """Return whether the network stands still."""

    def key_due(self, time: float) -> str | None:
        """Return the next key that is pressed by now, each once; None if there is none."""

    def words_due(self, time: float) -> Words | None:
        """Return the next words that are spoken from now on, each once; None if there are none."""


class ScriptedVoice:
    """The voice of a script: its speech over and over, its keys, words and stalls at their times, and its reactions."""

    def __init__(self, script: Script, record: Record | None = None) -> None:
        """Take the record of the call, which shows what the caller hears."""
        self._script = script
        self._reactions = Reactions(script, record or Record())
        self._keys = sorted(script.digits, key=lambda digit: digit.at, reverse=True)
        self._words = list(reversed(script.words))

    @property
    def marked(self) -> bool:
        return self._script.expect == "echo"

    @property
    def hangs_up(self) -> bool:
        """Whether the script's last reaction is done, and was to hang up."""
        return self._reactions.hang_up

    def frame(self, number: int, audio_format: AudioFormat) -> bytes:
        """Return a frame of the speech, with what the caller says now in reaction to the application."""
        frames = speech_frames(self._script.speech, audio_format)
        speech = frames[number % len(frames)]
        said = self._reactions.frame(audio_format)
        return speech if said is None else mix(speech, said)

    def is_stalled(self, time: float) -> bool:
        """Return whether the script has a stall at this time."""
        return self._script.is_stalled(time)

    def key_due(self, time: float) -> str | None:
        """Return the next key if its time has come."""
        if self._keys and self._keys[-1].at <= time:
            return self._keys.pop().key
        return self._reactions.key_due()

    def words_due(self, time: float) -> Words | None:
        """Return the next words if their time has come."""
        if self._words and self._words[-1].at <= time:
            return self._words.pop()
        return self._reactions.words_due()
