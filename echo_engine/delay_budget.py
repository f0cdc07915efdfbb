"""The memory of a process for delayed audio, shared out among its calls."""

from __future__ import annotations

DEFAULT_MAX_BYTES = 256 * 1024 * 1024
FRAME_OVERHEAD_BYTES = 64  # of the object that a frame is, and of its place in the delay line


def delay_bytes(frames: int, frame_bytes: int) -> int:
    """Return the memory that so many frames take in a delay line."""
    return frames * (frame_bytes + FRAME_OVERHEAD_BYTES)


class DelayBudget:
    """Grants memory while there is some, and takes it back."""

    def __init__(self, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self.granted_bytes = 0

    def exchange(self, returned_bytes: int, wanted_bytes: int) -> bool:
        """Take one grant back for another; False, and nothing changed, if the other one doesn't fit."""
        granted_bytes = self.granted_bytes - returned_bytes + wanted_bytes
        if granted_bytes > self._max_bytes and wanted_bytes > returned_bytes:
            return False
        self.granted_bytes = granted_bytes
        return True
