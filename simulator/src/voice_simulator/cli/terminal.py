"""What a command prints, on any terminal, pipe or file; nothing in it can be more than text."""

from __future__ import annotations

import codecs
import os
import sys

import typer

from ..record.foreign_text import visible

PLAIN = str.maketrans({"…": "..."})


def tell(line: str, *, err: bool = False) -> None:
    """Print a line, with what can't be seen in it escaped."""
    typer.echo(visible(line), err=err)


def prepare_streams() -> None:
    """Let both streams print any text: one that was closed takes it in, one that isn't UTF-8 gets the nearest form."""
    codecs.register_error("plain", _plain)
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number: else a socket would, and be printed into
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(descriptor, "r" if name == "stdin" else "w", closefd=False))
        elif name != "stdin" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="plain")


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(PLAIN)
    return text.encode("ascii", "backslashreplace").decode(), error.end
