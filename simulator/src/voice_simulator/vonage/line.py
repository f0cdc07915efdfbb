"""The caller's line: what is said and pressed comes in, what is played goes out, and recordings run along."""

from __future__ import annotations

import asyncio
from typing import Literal, NamedTuple, Protocol

from ..audio.format import TimedFrame
from ..audio.tape import Sound
from ..record.frames import Frames
from .loudness import level_dbfs


class Sign(NamedTuple):
    """A sign of the caller that an input action collects: a key, or words whose speaking has begun."""

    kind: Literal["key", "words"]
    text: str
    time: float  # on the call's clock
    seconds: float = 0.0  # how long the words take to speak


class Ear(Protocol):
    """Takes everything that goes over the line, as a recording does."""

    def said(self, frame: TimedFrame) -> None:
        """Take a frame that the caller said."""

    def heard(self, frame: TimedFrame) -> None:
        """Take a frame that the caller heard."""

    def pressed(self, key: str) -> None:
        """Take a key that the caller pressed."""


class Handset(Protocol):
    """The telephone at the caller's end of the line, which a person listens to while the call goes on."""

    def said(self, number: int, frame: TimedFrame) -> None:
        """Take a frame as it leaves the telephone, by its number from 0."""

    def heard(self, frame: TimedFrame, *, streamed: bool) -> None:
        """Take a frame that is played now: one of a stream, or one from a socket."""


class Line:
    """The line of one call."""

    def __init__(
        self,
        frames: Frames | None = None,
        sound: Sound | None = None,
        phone: Handset | None = None,
        *,
        measured: bool = False,
    ) -> None:
        """Take the frames of the call's record, where the sound is kept, if it is, and whether levels are measured."""
        self.measured = measured
        self.frames = frames or Frames()
        self.sound = sound
        self.phone = phone
        self.signs: asyncio.Queue[Sign] = asyncio.Queue()  # that an input has not collected yet
        self.sign_came = asyncio.Event()  # while an input has not collected it
        self.collecting = False  # whether signs are for an input: during one, and from a bargeIn before it on
        self.live_keys: asyncio.Queue[str] | None = None  # from an asynchronous input on
        self.ears: list[Ear] = []

    def press(self, key: str, time: float) -> bool:
        """Press a key; return whether anything on the platform's side listens to it."""
        for ear in tuple(self.ears):
            ear.pressed(key)
        if self.live_keys:
            self.live_keys.put_nowait(key)
        if self.collecting:
            self._put(Sign("key", key, time))
        return bool(self.collecting or self.live_keys or self.ears)

    def begin_words(self, text: str, time: float, seconds: float) -> None:
        """Begin to speak words, as speech recognition will understand them."""
        if self.collecting:
            self._put(Sign("words", text, time, seconds))

    def forget_signs(self) -> None:
        self.collecting = False
        self.signs = asyncio.Queue()
        self.sign_came.clear()

    def say(self, frame: bytes, time: float) -> None:
        """Carry a frame of the caller."""
        if self.sound is not None:
            self.sound.said.append(TimedFrame(time, frame))
        for ear in tuple(self.ears):
            ear.said(TimedFrame(time, frame))

    def play(self, frame: bytes, time: float, waited: float) -> None:
        """Carry a frame to the caller: one of a socket's that is played at this time, after it waited in the queue."""
        self._carry(frame, time, waited, streamed=False)

    def play_stream(self, frame: bytes, time: float) -> None:
        """Carry a frame of a stream to the caller."""
        self._carry(frame, time, 0.0, streamed=True)

    def _carry(self, frame: bytes, time: float, waited: float, *, streamed: bool) -> None:
        self.frames.heard_at.append(time)
        if self.measured:
            self.frames.heard_waits.append(round(waited, 6))
            self.frames.heard_levels.append(level_dbfs(frame))
        if self.sound is not None:
            self.sound.heard.append(TimedFrame(time, frame))
        for ear in tuple(self.ears):
            ear.heard(TimedFrame(time, frame))
        if self.phone is not None:
            self.phone.heard(TimedFrame(time, frame), streamed=streamed)

    def _put(self, sign: Sign) -> None:
        self.signs.put_nowait(sign)
        self.sign_came.set()
