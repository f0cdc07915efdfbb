"""The calls of the process: which ones are open, and whether there is room for another one."""

from __future__ import annotations

from collections.abc import Iterator

from echo_engine.call import Call


class Calls:
    """Owns the open calls and the decision to take no more; whoever counts or drains asks it."""

    def __init__(self, max_calls: int) -> None:
        self._max_calls = max_calls
        self._open: set[Call] = set()
        self.draining = False  # True from `drain()` on

    def __len__(self) -> int:
        """Return how many calls are open."""
        return len(self._open)

    def __iter__(self) -> Iterator[Call]:
        """Iterate over the open calls."""
        return iter(self._open)

    @property
    def refusal(self) -> str | None:
        """Why no call can begin now, in words; None while there is room."""
        if self.draining:
            return "draining"
        if len(self._open) >= self._max_calls:
            return f"full: {self._max_calls} calls are open"
        return None

    def begin(self, call: Call) -> None:
        """Take a call in as open."""
        self._open.add(call)

    def end(self, call: Call) -> None:
        """Let an open call go."""
        self._open.remove(call)

    def drain(self) -> None:
        """Take no new calls from now on."""
        self.draining = True
