"""The command line: it runs the command that its arguments name, which is `call` if they name none."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from .call import call
from .check import check

EXIT_USAGE = 64
COMMANDS: dict[str, Callable[..., int]] = {"call": call, "check": check}

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
for name, command in COMMANDS.items():
    app.command(name)(command)
app.callback()(lambda: None)  # so that a command's name can be given though there is one only


def main() -> int:
    """Run the command and return its exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] and arguments[0] in COMMANDS:
        name, *arguments = arguments
    else:
        name = "call"
    try:
        code: int = app([name, *arguments], prog_name="python -m simulator", standalone_mode=False)
    except typer.TyperException as error:  # wrong usage
        typer.echo(f"error: {error.format_message()}\nTry: python -m simulator --help", err=True)
        return EXIT_USAGE
    return code
