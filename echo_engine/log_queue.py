"""Log lines that wait for stdout in a queue, so that a blocked pipe or a full disk never stops the audio."""

from __future__ import annotations

import contextlib
import queue
import threading

from shared.logs import LineStream, get_logger

MAX_LINES = 10_000  # that wait; more are dropped
PAUSE_SECONDS = 0.1  # between two writes: a thread that wakes for every line takes turns with the audio
LAST_SECONDS = 2.0  # that the lines left at the end get

log = get_logger("echo_engine")


class LogQueue:
    """A stream of lines in front of one that may block: a thread of its own writes all waiting lines at once."""

    def __init__(self, stream: LineStream) -> None:
        self._stream = stream
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lines_dropped = 0  # since the start
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._write_lines, name="log", daemon=True)

    def write(self, line: str) -> None:
        """Put a line in the queue, or drop it if the queue is full."""
        if self._lines.qsize() < MAX_LINES:
            self._lines.put(line)
        else:
            self._lines_dropped += 1

    def flush(self) -> None:
        """Do nothing: a line is written as soon as it can be."""

    def start(self) -> None:
        """Start to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is left, if that can be done soon."""
        self._ending.set()
        self._lines.put("")  # wakes the thread
        self._thread.join(LAST_SECONDS)

    def _write_lines(self) -> None:
        told = 0  # of the lines dropped
        while not self._ending.is_set() or not self._lines.empty():
            lines = [self._lines.get()]
            while not self._lines.empty():
                lines.append(self._lines.get())
            with contextlib.suppress(OSError):  # these lines are lost; there is nowhere left to say so
                self._stream.write("".join(lines))
                self._stream.flush()
            dropped = self._lines_dropped
            if dropped > told:
                log.warning("log lines dropped", lines=dropped - told)
                told = dropped
            self._ending.wait(PAUSE_SECONDS)
