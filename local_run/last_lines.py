"""The last lines of each process, kept to say why one has ended."""

from __future__ import annotations

import signal
from collections import defaultdict, deque

from local_run.log_line import OWN_NAME, Fields
from local_run.terminal_line import words, worth_showing

KEPT = 12


class LastLines:
    """Remembers what each process printed last, and which process ended first."""

    def __init__(self) -> None:
        self._lines: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._first_end: Fields | None = None

    def add(self, fields: Fields) -> None:
        """Take in a line of any process."""
        if fields.get("logger") != OWN_NAME:
            if worth_showing(fields):
                self._lines[fields["process"]].append(words(fields))
        elif fields["event"] == "process ended" and self._first_end is None:
            self._first_end = fields

    def explanation(self) -> str:
        """Return which process ended by itself, how, and what it printed last."""
        if self._first_end is None:
            raise AssertionError("honcho runs until a process ends")
        process, exit_code = self._first_end["process"], self._first_end["exit_code"]
        how = f"killed by {signal.Signals(-exit_code).name}" if exit_code < 0 else f"exit code {exit_code}"
        lines = [f"  {part}" for line in self._lines[process] for part in line.splitlines()]
        if not lines:
            return f"{process} ended by itself ({how}). It did not say why."
        return "\n".join([f"{process} ended by itself ({how}). Its last lines:", *lines])
