"""A delay line for audio, as long as a number of frames; it moves when a frame comes in and needs no timer."""

from __future__ import annotations

from collections import deque


class DelayLine:
    """Frames waiting for their time, oldest first."""

    __slots__ = ("_frames", "length")

    def __init__(self, length: int) -> None:
        self.length = length  # frames; 0 lets every frame through at once
        self._frames: deque[bytes] = deque()

    def push(self, frames: list[bytes]) -> list[bytes]:
        """Put frames in at one end; return those that come out at the other, oldest first."""
        if not self.length and not self._frames:
            return frames
        self._frames.extend(frames)
        return [self._frames.popleft() for _ in range(len(self._frames) - self.length)]

    def resize(self, length: int) -> None:
        """Change the delay; the oldest frames that no longer fit are discarded."""
        self.length = length
        while len(self._frames) > length:
            self._frames.popleft()

    def clear(self) -> None:
        """Discard what is waiting."""
        self._frames.clear()
