"""The command line: it runs the command that its arguments name, which is `call` if they name none."""

from __future__ import annotations

import sys

import typer

from .cli.call import call
from .cli.check import check
from .cli.env_file import load_env_file
from .cli.facts import facts
from .cli.load import load
from .cli.phone import phone
from .cli.show import show
from .version import PROGRAM

EXIT_USAGE = 64
COMMANDS = ("call", "check", "facts", "load", "phone", "show")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command("call", epilog=f"Other commands, each with --help: {', '.join(COMMANDS[1:])}.")(call)
app.command("check")(check)
app.command("facts")(facts)
app.command("load")(load)
app.command("phone")(phone)
app.command("show")(show)


def main() -> int:
    """Run the command and return its exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] and arguments[0] in COMMANDS:
        name, *arguments = arguments
    else:
        name = "call"
    try:
        code: int = app([name, *arguments], prog_name=PROGRAM, standalone_mode=False)
    except typer.TyperException as error:  # wrong usage
        typer.echo(f"error: {error.format_message()}\nTry: {PROGRAM} --help", err=True)
        return EXIT_USAGE
    return code


def start() -> int:
    """Run the command with the settings in `.env`, and return its exit code."""
    for problem in load_env_file():
        typer.echo(f"warning: {problem}", err=True)
    return main()


if __name__ == "__main__":
    sys.exit(start())
