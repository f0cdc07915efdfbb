"""The reactions of a caller: each waits for the application to speak or to fall silent, as the caller hears it."""

from __future__ import annotations

import math
from collections import deque

from ..audio.format import FRAME_SECONDS, AudioFormat
from ..record.events import ReactionBegan, ReactionMissed, SocketOpened
from ..record.record import Record
from .script import Reaction, Script, Words
from .speech import speech_frames


class Ear:
    """Hears when the application speaks: times are in seconds on the call's clock."""

    def __init__(self, record: Record, threshold: float, pause: float) -> None:
        """Take the level from which a frame is sound, in dBFS, and the longest silence within what is said."""
        self._frames = record.frames
        self._threshold = threshold
        self._pause = pause
        self._looked_at = 0  # frames
        self.began_at = self.sound_until = -math.inf  # of what was said last

    def listen(self) -> None:
        """Take the frames that have been heard since."""
        frames = self._frames
        for number in range(self._looked_at, len(frames.heard_levels)):
            if frames.heard_levels[number] < self._threshold:
                continue
            at = frames.heard_at[number]
            if at - self.sound_until >= self._pause:
                self.began_at = at
            self.sound_until = at + FRAME_SECONDS
        self._looked_at = len(frames.heard_levels)


class Reactions:
    """Carries the reactions of a script out, one after the other; is asked every 20 ms for what is due."""

    def __init__(self, script: Script, record: Record) -> None:
        """Take the record of the call, which gets what the caller does, and what never came."""
        self.hang_up = False
        self._is_noise = False  # what the caller says now
        self._left = deque(script.reactions)
        self._record = record
        self._settle = script.settle
        self._ear = Ear(record, script.threshold, script.settle)
        self._since: float | None = None  # when the present reaction began to be waited for; None before any socket
        self._turn_until = -math.inf  # the end of the caller's last turn: what is heard from then on may be the answer
        self._due_at: float | None = None  # of the present reaction, once its moment has come
        self._speech: deque[bytes] = deque()
        self._keys: deque[str] = deque()
        self._words: deque[Words] = deque()
        record.listen(self._begin)

    def frame(self, audio_format: AudioFormat) -> bytes | None:
        """Return what the caller says now in reaction; None if that is nothing."""
        if not self._left and not self._speech:
            return None
        self._ear.listen()
        if not self._speech:
            self._react(audio_format)
        if not self._speech:
            return None
        frame = self._speech.popleft()
        if not self._speech:
            self._since = self._record.now + FRAME_SECONDS
            if not self._is_noise:
                self._turn_until = self._since
        return frame

    def key_due(self) -> str | None:
        return self._keys.popleft() if self._keys else None

    def words_due(self) -> Words | None:
        return self._words.popleft() if self._words else None

    def _begin(self, event: object) -> None:
        if isinstance(event, SocketOpened) and self._since is None:
            self._since = event.at

    def _react(self, audio_format: AudioFormat) -> None:
        """Do the next reaction if its moment has come; give up one whose moment doesn't come in time."""
        now = self._record.now
        while self._left and self._since is not None:
            reaction = self._left[0]
            if self._due_at is None and self._has_come(reaction, now, self._since):
                self._due_at = now + reaction.wait
            if self._due_at is None:
                if now <= self._since + reaction.within:
                    return
                self._record.add(ReactionMissed(now, reaction.when, reaction.name, reaction.within))
            elif now < self._due_at - FRAME_SECONDS / 2:
                return
            else:
                self._do(reaction, now, audio_format)
            self._left.popleft()
            self._since, self._due_at = now, None
            if self._speech or self.hang_up:
                return

    def _has_come(self, reaction: Reaction, now: float, since: float) -> bool:
        ear = self._ear
        silent = now - ear.sound_until >= self._settle
        if reaction.spoken is None:
            return silent and ear.sound_until > since
        return not silent and ear.sound_until - max(ear.began_at, self._turn_until) >= reaction.spoken

    def _do(self, reaction: Reaction, now: float, audio_format: AudioFormat) -> None:
        if reaction.speech:
            self._speech.extend(speech_frames(reaction.speech, audio_format))
        seconds = len(self._speech) * FRAME_SECONDS
        self._record.add(ReactionBegan(now, reaction.when, reaction.name, seconds, reaction.noise))
        self._is_noise = reaction.noise
        if reaction.words:
            self._words.append(Words(reaction.words, now, seconds))
        if reaction.key:
            self._keys.append(reaction.key)
        self.hang_up = reaction.hang_up
