"""The echo: a caller's audio goes back at once, or as many seconds later as the last digit pressed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from echo_engine.application import Application, Command, Reply
from echo_engine.settings import EchoEngineSettings
from shared.audio import FRAMES_PER_SECOND, AudioFormat
from shared.logs import get_logger

FRAME_OVERHEAD_BYTES = 64  # of the object that a frame is, and of its place in the list

log = get_logger("echo_engine")


def application(settings: EchoEngineSettings) -> Callable[[], Echo]:
    """Return a function that makes the application of a new call.

    Raises SystemExit with a message if the calls' delays can't fit in memory.
    """
    largest = AudioFormat.L16_24000
    needed_mb = math.ceil(settings.max_calls * delay_bytes(settings.delay_frames, largest.frame_bytes) / 2**20)
    if needed_mb > settings.delay_memory_mb:
        raise SystemExit(
            f"ECHO_DELAY_MS={settings.echo_delay_ms} is {settings.delay_frames} frames, which take {needed_mb} MB in"
            f" MAX_CALLS={settings.max_calls} calls at {largest.sample_rate} Hz, but DELAY_MEMORY_MB is"
            f" {settings.delay_memory_mb}; lower one of the first two, or raise the third and the container's memory."
        )
    budget = DelayBudget(settings.delay_memory_mb * 2**20)
    return lambda: Echo(budget, settings.delay_frames)


class DelayBudget:
    """The memory of a process for delayed audio, shared out among its calls."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._granted_bytes = 0

    def exchange(self, returned_bytes: int, wanted_bytes: int) -> bool:
        """Take one grant back for another; False, and nothing changed, if the other one doesn't fit."""
        granted_bytes = self._granted_bytes - returned_bytes + wanted_bytes
        if granted_bytes > self._max_bytes and wanted_bytes > returned_bytes:
            return False
        self._granted_bytes = granted_bytes
        return True


class Echo(Application):
    """A delay line: each frame comes out a fixed number of frames after it went in, so no timer is needed."""

    __slots__ = ("_budget", "_delay_frames", "_frame_bytes", "_frames", "_granted_bytes", "_length")

    live = True

    def __init__(self, budget: DelayBudget, delay_frames: int = 0) -> None:
        self._budget = budget
        self._granted_bytes = 0
        self._delay_frames = delay_frames  # to begin with
        self._length = 0  # frames of delay, as far as the budget has granted memory for them
        self._frame_bytes = 0  # set when the call opens
        self._frames: list[bytes] = []  # in the line, oldest first; an empty deque would take 700 bytes of every call

    @property
    def echoes(self) -> bool:  # type: ignore[override]
        """Whether each frame goes back at once: no delay is set, and none is still in the line."""
        return not self._length and not self._frames

    def open(self, audio_format: AudioFormat, headers: Mapping[str, str]) -> list[Reply]:
        """Begin with the delay that the settings ask for."""
        self._frame_bytes = audio_format.frame_bytes
        self._delay_by(self._delay_frames)
        return []

    def hear(self, frames: list[bytes]) -> list[Reply]:
        """Add frames to the delay line, and return those whose delay is over."""
        self._frames += frames
        return list(self._take(max(len(self._frames) - self._length, 0)))

    def press(self, key: str) -> list[Reply]:
        """Obey a key: a digit delays the echo by as many seconds, `*` clears the queues here and at the platform."""
        if key.isdigit():
            self._delay_by(int(key) * FRAMES_PER_SECOND)
        elif key == "*":
            self._frames.clear()
            return [Command.CLEAR]
        return []

    def end(self) -> None:
        """Give back the memory that the call was granted."""
        self._budget.exchange(self._granted_bytes, 0)
        self._granted_bytes = 0

    def _delay_by(self, frames: int) -> None:
        """Change the delay, if there is memory for it; a shorter one discards the oldest frames."""
        wanted_bytes = delay_bytes(frames, self._frame_bytes)
        if not self._budget.exchange(self._granted_bytes, wanted_bytes):
            log.warning("delay refused: DELAY_MEMORY_MB is used up", delay_frames=frames)
            return
        self._granted_bytes = wanted_bytes
        self._length = frames
        self._take(max(len(self._frames) - frames, 0))

    def _take(self, number: int) -> list[bytes]:
        """Take the oldest frames out."""
        taken = self._frames[:number]
        del self._frames[:number]
        return taken


def delay_bytes(frames: int, frame_bytes: int) -> int:
    """Return the memory that a delay of some frames takes."""
    return frames * (frame_bytes + FRAME_OVERHEAD_BYTES)
