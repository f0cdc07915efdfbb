from __future__ import annotations

import io
import threading

from structlog.testing import capture_logs

from echo_engine import log_queue as module
from echo_engine.log_queue import LogQueue


class Gate(io.StringIO):
    """Blocks, as a pipe does that nobody reads, until it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()
        self.opened = threading.Event()
        self.writes: list[str] = []

    def write(self, text: str) -> int:
        self.reached.set()
        self.opened.wait(10)
        self.writes.append(text)
        return len(text)


class FullDisk(io.StringIO):
    """Takes no line but the last."""

    def __init__(self) -> None:
        super().__init__()
        self.refused = threading.Event()

    def write(self, text: str) -> int:
        if text != "last\n":
            self.refused.set()
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_a_blocked_stream_stops_nobody_and_gets_its_lines_later_all_at_once() -> None:
    gate = Gate()
    log_queue = LogQueue(gate)
    log_queue.start()
    log_queue.write("first\n")
    assert gate.reached.wait(10)
    for number in range(3):
        log_queue.write(f"{number}\n")
    gate.opened.set()
    log_queue.stop()
    assert gate.writes == ["first\n", "0\n1\n2\n"]


def test_lines_beyond_the_queue_are_dropped_and_the_log_says_how_many() -> None:
    gate = Gate()
    gate.opened.set()
    log_queue = LogQueue(gate)
    for number in range(module.MAX_LINES + 5):
        log_queue.write(f"{number}\n")
    with capture_logs() as lines:
        log_queue.start()
        log_queue.stop()
    assert "".join(gate.writes).count("\n") == module.MAX_LINES
    assert [(line["event"], line["lines"]) for line in lines] == [("log lines dropped", 5)]


def test_what_can_not_be_written_is_lost_and_the_next_line_is_written() -> None:
    disk = FullDisk()
    log_queue = LogQueue(disk)
    log_queue.write("lost\n")
    log_queue.start()
    assert disk.refused.wait(10)
    log_queue.write("last\n")
    log_queue.stop()
    assert disk.getvalue() == "last\n"
