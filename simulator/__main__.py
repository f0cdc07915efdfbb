"""Starts the command line, with the settings in `.env`: `python -m simulator`, or `voice-simulator` once installed."""

from __future__ import annotations

import sys

import typer

from .commands.command_line import main
from .commands.env_file import load_env_file


def start() -> int:
    """Run the command and return its exit code."""
    for problem in load_env_file():
        typer.echo(f"warning: {problem}", err=True)
    return main()


if __name__ == "__main__":
    sys.exit(start())
