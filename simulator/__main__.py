"""Starts the command line, with the settings in `.env`: `python -m simulator`."""

from __future__ import annotations

import sys

import typer

from .commands.command_line import main
from .commands.env_file import load_env_file

if __name__ == "__main__":
    for problem in load_env_file():
        typer.echo(f"warning: {problem}", err=True)
    sys.exit(main())
