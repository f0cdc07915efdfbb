"""Starts the command line, with the settings in `.env`: `voice-simulator`, or `python -m voice_simulator`."""

from __future__ import annotations

import sys

import typer

from .cli.command_line import main
from .cli.env_file import load_env_file


def start() -> int:
    """Run the command and return its exit code."""
    for problem in load_env_file():
        typer.echo(f"warning: {problem}", err=True)
    return main()


if __name__ == "__main__":
    sys.exit(start())
