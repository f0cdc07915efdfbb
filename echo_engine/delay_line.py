"""A delay line for audio: each frame comes out a fixed number of frames after it went in, so no timer is needed."""

from __future__ import annotations

from echo_engine.delay_budget import DelayBudget, delay_bytes


class DelayLine:
    """Frames waiting for their time, oldest first; it is as long as the budget has granted memory for."""

    __slots__ = ("_budget", "_frames", "_granted_bytes", "length")

    def __init__(self, budget: DelayBudget) -> None:
        self._budget = budget
        self._granted_bytes = 0
        self.length = 0  # frames; 0 lets every frame through at once
        self._frames: list[bytes] = []  # an empty deque would take 700 bytes of every call

    @property
    def waiting(self) -> int:
        """How many frames are in the line."""
        return len(self._frames)

    def push(self, frames: list[bytes]) -> list[bytes]:
        """Put frames in at one end; return those that come out at the other, oldest first."""
        if not self.length and not self._frames:
            return frames
        self._frames += frames
        return self._take(max(self.waiting - self.length, 0))

    def resize(self, length: int, frame_bytes: int) -> int | None:
        """Change the delay; discard the oldest frames that no longer fit, and return how many they were.

        None, and nothing changed, if the budget has no memory for so long a line.
        """
        wanted_bytes = delay_bytes(length, frame_bytes)
        if not self._budget.exchange(self._granted_bytes, wanted_bytes):
            return None
        self._granted_bytes = wanted_bytes
        self.length = length
        return len(self._take(max(self.waiting - length, 0)))

    def clear(self) -> int:
        """Discard all waiting frames, and return how many they were."""
        waiting = self.waiting
        self._frames.clear()
        return waiting

    def release(self) -> None:
        """Give the granted memory back, at the end of the call; frames that wait stay counted as waiting."""
        self._budget.exchange(self._granted_bytes, 0)
        self._granted_bytes = 0

    def _take(self, number: int) -> list[bytes]:
        """Take the oldest frames out."""
        taken = self._frames[:number]
        del self._frames[:number]
        return taken
