"""Logs as JSON lines on stdout: one object a line, the message constant, values as fields."""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import Any, Literal, Protocol

import structlog

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class LineStream(Protocol):
    """What log lines are written to."""

    def write(self, line: str, /) -> object: ...  # noqa: D102
    def flush(self) -> None: ...  # noqa: D102


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
            "lines": {"class": "logging.StreamHandler", "stream": stream or sys.stdout, "formatter": "json"},
        },
        "root": {"level": level, "handlers": ["lines"]},
    }


def configure_structlog(level: LogLevel, stream: LineStream | None = None) -> None:
    """Have our own lines written in the same form, past the standard library, which takes three times as long."""
    structlog.configure(
        processors=[*_PROCESSORS, *_RENDERERS],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=lambda name: LineLogger(name, stream or sys.stdout),
        cache_logger_on_first_use=True,
    )


class LineLogger:
    """Writes rendered lines to a stream; loses those that it can't write, since a full disk must not end a call."""

    def __init__(self, name: str, stream: LineStream) -> None:
        self.name = name
        self._stream = stream

    def msg(self, line: str) -> None:
        """Write a line."""
        with contextlib.suppress(OSError):
            self._stream.write(f"{line}\n")
            self._stream.flush()

    debug = info = warning = error = msg


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """Return the structlog logger of a process; its lines carry the name as `logger`."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(name)
    return logger
