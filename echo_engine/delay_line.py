"""A delay line for audio: each frame comes out a fixed number of frames after it went in, so no timer is needed."""

from __future__ import annotations

from collections import deque


class DelayLine:
    """Frames waiting for their time, oldest first."""

    __slots__ = ("_frames", "length")

    def __init__(self, length: int) -> None:
        self.length = length  # frames; 0 lets every frame through at once
        self._frames: deque[bytes] = deque()

    @property
    def waiting(self) -> int:
        """How many frames are in the line."""
        return len(self._frames)

    def push(self, frames: list[bytes]) -> list[bytes]:
        """Put frames in at one end; return those that come out at the other, oldest first."""
        if not self.length and not self._frames:
            return frames
        self._frames.extend(frames)
        return [self._frames.popleft() for _ in range(len(self._frames) - self.length)]

    def resize(self, length: int) -> int:
        """Change the delay; discard the oldest frames that no longer fit, and return how many they were."""
        self.length = length
        surplus = max(self.waiting - length, 0)
        for _ in range(surplus):
            self._frames.popleft()
        return surplus

    def clear(self) -> int:
        """Discard all waiting frames, and return how many they were."""
        waiting = self.waiting
        self._frames.clear()
        return waiting
