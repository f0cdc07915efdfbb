"""An example of another application: a parrot that lets the caller finish, and then says the same.

To run it instead of the echo, import `application` from here in `__main__.py`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable

from echo_engine.application import Application, Command, Reply
from echo_engine.settings import EchoEngineSettings
from shared.audio import FRAMES_PER_SECOND

LOUD = 500  # of 32,767: the quietest sample that belongs to speech
PAUSE_FRAMES = FRAMES_PER_SECOND * 3 // 5  # of silence, after which it is the parrot's turn
MAX_FRAMES = 20 * FRAMES_PER_SECOND  # that it remembers


def application(settings: EchoEngineSettings) -> Callable[[], Parrot]:
    """Return a function that makes the application of a new call; no setting is the parrot's."""
    return Parrot


class Parrot(Application):
    """Listens, speaks, and falls silent when the caller interrupts it or presses `*`."""

    __slots__ = ("_frames_to_play", "_quiet_frames", "_said")

    def __init__(self) -> None:
        self._said: list[bytes] = []  # by the caller, from the first loud frame on
        self._quiet_frames = 0  # at the end of these
        self._frames_to_play = 0  # of the parrot's own speech; a frame comes as often as one is played

    def hear(self, frames: list[bytes]) -> list[Reply]:
        """Remember what the caller says; when the caller pauses, say it."""
        return [reply for frame in frames for reply in self._hear(frame)]

    def press(self, key: str) -> list[Reply]:
        """Forget what was said, and fall silent, at `*`."""
        return self._fall_silent() if key == "*" else []

    def _hear(self, frame: bytes) -> list[Reply]:
        self._frames_to_play = max(self._frames_to_play - 1, 0)
        samples = array("h", frame)
        replies: list[Reply] = []
        if max(max(samples), -min(samples)) >= LOUD:
            self._quiet_frames = 0
            if self._frames_to_play:
                replies = self._fall_silent()
        elif not self._said:
            return []
        else:
            self._quiet_frames += 1
        self._said.append(frame)
        if self._quiet_frames < PAUSE_FRAMES and len(self._said) < MAX_FRAMES:
            return replies
        speech, self._said, self._quiet_frames = self._said, [], 0
        self._frames_to_play = len(speech)
        return [*replies, *speech]

    def _fall_silent(self) -> list[Reply]:
        self._said, self._quiet_frames, self._frames_to_play = [], 0, 0
        return [Command.CLEAR]
