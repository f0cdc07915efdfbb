"""Prints the lines of the processes: for a person on a terminal, as JSON lines into a pipe or a file."""

from __future__ import annotations

import json
import os
import signal
from typing import TextIO

from honcho.manager import SYSTEM_PRINTER_NAME  # type: ignore[import-untyped]
from honcho.printer import Message  # type: ignore[import-untyped]

from local_run.last_lines import LastLines
from local_run.log_line import Fields, parse_honcho, parse_line
from local_run.terminal_line import terminal_line, worth_showing


class Console:
    """What honcho prints to; it ends the processes when the terminal or the pipe has gone."""

    width = 0  # honcho sets it, for a form of its own

    def __init__(self, output: TextIO) -> None:
        self.last_lines = LastLines()
        self._output = output
        self._for_a_person = output.isatty()
        self._coloured = self._for_a_person and not os.environ.get("NO_COLOR")  # https://no-color.org

    def write(self, message: Message) -> None:
        """Print one line, whoever wrote it."""
        fields = _parse(message)
        self.last_lines.add(fields)
        if self._for_a_person and not worth_showing(fields):
            return
        line = terminal_line(fields, coloured=self._coloured) if self._for_a_person else json.dumps(fields)
        try:
            print(line, file=self._output, flush=True)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._output.fileno())
            signal.raise_signal(signal.SIGTERM)


def _parse(message: Message) -> Fields:
    data = message.data
    text = (data.decode("utf-8", "replace") if isinstance(data, bytes) else data).rstrip("\r\n")
    if message.name == SYSTEM_PRINTER_NAME:
        return parse_honcho(text, message.time)
    return parse_line(message.name, text, message.time)
