"""Logs as JSON lines on stdout: one object per line, constant messages, values as fields."""

from __future__ import annotations

import errno
import json
import logging
import os
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

import structlog

MAX_LOG_BYTES, MAX_LOG_FILES = 5_000_000, 40  # of a folder: 200 MB at most

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class LineStream(Protocol):
    """A destination for log lines."""

    def write(self, line: str, /) -> object: ...
    def flush(self) -> None: ...


class LineFile:
    """A file descriptor for log lines. It drops what it can't write: a full disk must not end a call.

    It counts lost lines, and reports them in one line as soon as it can write again.
    """

    def __init__(self, descriptor: int) -> None:
        self.lines_lost = 0  # since the start
        self.reader_gone = False  # the pipe or the terminal was closed; other errors are temporary
        self._descriptor = descriptor
        self._unreported = 0
        self._torn = False  # the last line was written partly
        self._copy: LogFolder | None = None
        self._lock = threading.Lock()

    def copy_to(self, folder: Path | None, process: str) -> None:
        """Also write the lines into a folder, if one is given."""
        if folder is not None:
            self._copy = LogFolder(folder, process)

    def write(self, lines: str, /) -> None:
        with self._lock:
            if self._unreported and not self._lost_of(self._report()):
                self._unreported = 0
            lost = self._lost_of(lines)
            self.lines_lost += lost
            self._unreported += lost
            if self._copy is not None:
                self._copy.write(lines)

    def flush(self) -> None:
        """Do nothing: nothing is buffered."""

    def _lost_of(self, lines: str) -> int:
        """Write lines and return how many were not written completely."""
        data = lines.encode("utf-8", "replace")
        rest = b"\n" + data if self._torn else data
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            self.reader_gone |= error.errno in (errno.EPIPE, errno.EIO)
            if len(rest) < len(data):
                self._torn = data[-len(rest) - 1 : -len(rest)] != b"\n"
            return rest[-len(data) :].count(b"\n")
        self._torn = False
        return 0

    def _report(self) -> str:
        timestamp = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        fields = {"timestamp": timestamp, "level": "warning", "logger": "logs", "event": "log lines lost"}
        return json.dumps(fields | {"lines": self._unreported}) + "\n"


class LogFolder:
    """A folder where log lines outlive their container: two files per process, the current and the previous one.

    The newest files of all processes are kept.
    """

    def __init__(self, folder: Path, process: str) -> None:
        self._path = folder / f"{process}-{socket.gethostname()}.log"
        files = sorted(folder.glob("*.log*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in files[MAX_LOG_FILES:]:
            path.unlink(missing_ok=True)
        self._open()

    def write(self, lines: str) -> None:
        """Write whole lines; a full file replaces the previous one."""
        self._bytes += len(lines)
        if self._bytes > MAX_LOG_BYTES:
            os.close(self._descriptor)
            self._path.replace(self._path.with_suffix(".log.1"))
            self._open()
        self._file.write(lines)

    def _open(self) -> None:
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._bytes = os.fstat(self._descriptor).st_size
        self._file = LineFile(self._descriptor)


STDOUT = LineFile(1)

_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_RENDERERS: list[structlog.typing.Processor] = [
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(),
]


def logging_config(level: LogLevel, stream: LineStream | None = None) -> dict[str, Any]:
    """Return a `logging.config.dictConfig` that writes the libraries' records as JSON lines, to stdout by default."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _PROCESSORS,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_RENDERERS],
            }
        },
        "handlers": {
            "lines": {"class": "logging.StreamHandler", "stream": stream or STDOUT, "formatter": "json"},
        },
        "root": {"level": level, "handlers": ["lines"]},
    }


def configure_structlog(level: LogLevel, stream: LineStream | None = None) -> None:
    """Write our own lines in the same form, bypassing the standard library, which takes three times as long."""
    structlog.configure(
        processors=[*_PROCESSORS, *_RENDERERS],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=lambda name: LineLogger(name, stream or STDOUT),
        cache_logger_on_first_use=True,
    )


class LineLogger:
    """Writes rendered lines to a stream."""

    def __init__(self, name: str, stream: LineStream) -> None:
        self.name = name
        self._stream = stream

    def msg(self, line: str) -> None:
        self._stream.write(f"{line}\n")
        self._stream.flush()

    debug = info = warning = error = msg


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """Return the structlog logger of a process; its lines have the name as `logger`."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(name)
    return logger
