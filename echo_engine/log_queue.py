"""Log lines that wait for stdout in a queue, so that a blocked pipe or a full disk never stops the audio."""

from __future__ import annotations

import logging
import logging.handlers
import queue
import threading

MAX_LINES = 10_000  # that wait; more are dropped
LAST_SECONDS = 2.0  # that the lines left at the end get


class LogQueue(logging.handlers.QueueHandler):
    """Stands before a handler that may block, and hands it the records from a thread of its own."""

    def __init__(self, handler: logging.Handler) -> None:
        self._lines: queue.Queue[logging.LogRecord | None] = queue.Queue(MAX_LINES)
        super().__init__(self._lines)
        # The line is made here, so that only writing is left to the thread.
        self.setFormatter(handler.formatter)
        handler.setFormatter(None)
        self._handler = handler
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self.lines_dropped = 0

    def enqueue(self, record: logging.LogRecord) -> None:
        """Put a record in the queue, or drop it if the queue is full."""
        try:
            self._lines.put_nowait(record)
        except queue.Full:
            self.lines_dropped += 1

    def start(self) -> None:
        """Start to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is left, if that can be done soon."""
        try:
            self._lines.put(None, timeout=LAST_SECONDS)
        except queue.Full:
            return
        self._thread.join(LAST_SECONDS)

    def _write(self) -> None:
        while (record := self._lines.get()) is not None:
            self._handler.handle(record)


def queue_root_logger() -> LogQueue:
    """Put a queue before the root logger's only handler, and start it."""
    root = logging.getLogger()
    (handler,) = root.handlers
    log_queue = LogQueue(handler)
    root.handlers = [log_queue]
    logging.raiseExceptions = False  # a line that can't be written is lost; there is nowhere left to say so
    log_queue.start()
    return log_queue
