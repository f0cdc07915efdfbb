from __future__ import annotations

import logging
import threading

from echo_engine import log_queue as module
from echo_engine.log_queue import LogQueue


class Gate(logging.Handler):
    """Blocks, as a pipe does that nobody reads, until it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = threading.Event()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.opened.wait(10)
        self.lines.append(self.format(record))


def record(number: int) -> logging.LogRecord:
    return logging.LogRecord("test", logging.INFO, __file__, 1, "line %d", (number,), None)


def test_a_blocked_handler_stops_nobody_and_gets_its_lines_later() -> None:
    gate = Gate()
    gate.setFormatter(logging.Formatter("<%(message)s>"))
    log_queue = LogQueue(gate)
    log_queue.start()
    for number in range(3):
        log_queue.handle(record(number))
    assert gate.lines == []
    gate.opened.set()
    log_queue.stop()
    assert gate.lines == ["<line 0>", "<line 1>", "<line 2>"]
    assert log_queue.lines_dropped == 0


def test_lines_beyond_the_queue_are_dropped_and_counted() -> None:
    log_queue = LogQueue(Gate())
    for number in range(module.MAX_LINES + 5):
        log_queue.handle(record(number))
    assert log_queue.lines_dropped == 5
