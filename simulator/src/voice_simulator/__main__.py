"""The command line: it runs the command that its arguments name, which is `call` if they name none."""

from __future__ import annotations

import difflib
import os
import signal
import sys
from collections.abc import Callable

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
COMMANDS: dict[str, Callable[..., int]] = {
    "call": call,
    "check": check,
    "facts": facts,
    "load": load,
    "phone": phone,
    "show": show,
}

# Plain help: the panels of rich take three times as many lines.
app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Play Vonage's voice platform for any application. Without a command's name, it is call.",
    epilog="COMMAND --help has the options of each.",
)
for name, command in COMMANDS.items():
    app.command(name)(command)


def main() -> int:
    arguments = sys.argv[1:] or ["call"]
    first = arguments[0]
    if first.startswith("-") and first != "--help":
        arguments = ["call", *arguments]
    elif first not in (*COMMANDS, "--help"):
        near = difflib.get_close_matches(first, COMMANDS, n=1)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(COMMANDS)}"
        typer.echo(f"error: there is no command {first!r}; {meant}", err=True)
        return EXIT_USAGE
    try:
        code: int = app(arguments, prog_name=PROGRAM, standalone_mode=False)
    except typer.TyperException as error:  # wrong usage
        tell(f"error: {error.format_message()}", err=True)
        typer.echo(f"Try: {PROGRAM} {arguments[0]} --help", err=True)
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
