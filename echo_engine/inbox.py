"""A read that is too large for one turn of the loop, taken in portions, so that other calls get their turns between."""

from __future__ import annotations

# 341 empty frames, the dearest bytes there are: some 3 ms of parsing.
PORTION_BYTES = 2048


class Inbox:
    """Bytes that were read and wait to be parsed."""

    __slots__ = ("_data", "_taken_bytes")

    def __init__(self) -> None:
        self._data = b""
        self._taken_bytes = 0

    @property
    def waiting(self) -> bool:
        """Whether bytes are left."""
        return self._taken_bytes < len(self._data)

    def put(self, data: bytes) -> None:
        """Take the bytes of a read; there is no other read before all of them are taken out."""
        if self.waiting:
            raise AssertionError("reading is paused while bytes wait")
        self._data, self._taken_bytes = data, 0

    def take(self) -> bytes:
        """Return the next portion."""
        portion = self._data[self._taken_bytes : self._taken_bytes + PORTION_BYTES]
        self._taken_bytes += len(portion)
        if not self.waiting:
            self._data, self._taken_bytes = b"", 0
        return portion
