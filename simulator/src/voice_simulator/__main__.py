"""The command line: it runs the command that its arguments name, which is `call` if they name none."""

from __future__ import annotations

import os
import signal
import sys

import typer

from .cli.call import call
from .cli.check import check
from .cli.env_file import load_env_file
from .cli.facts import facts
from .cli.load import load
from .cli.phone import phone
from .cli.show import show
from .cli.terminal import prepare_streams, tell
from .version import PROGRAM

EXIT_USAGE = 64
EXIT_UNREAD, EXIT_TERMINATED = 141, 143  # as a shell calls the ends by SIGPIPE and SIGTERM
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
        tell(f"error: {error.format_message()}", err=True)
        typer.echo(f"Try: {PROGRAM} --help", err=True)
        return EXIT_USAGE
    except BrokenPipeError:  # its reader has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_UNREAD
    return code


def start() -> int:
    """Run the command with the settings in `.env`, and return its exit code."""
    prepare_streams()
    # At once, whatever goes on, and as the first process of a container too, which has no default.
    signal.signal(signal.SIGTERM, lambda number, frame: os._exit(EXIT_TERMINATED))
    for problem in load_env_file():
        tell(f"warning: {problem}", err=True)
    return main()


if __name__ == "__main__":
    sys.exit(start())
