"""The command line: it runs the command that its arguments name."""

from __future__ import annotations

import typer

from simulator.commands.call import call

EXIT_USAGE = 64

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command()(call)


def main() -> int:
    """Run the command and return its exit code."""
    try:
        code: int = app(prog_name="python -m simulator", standalone_mode=False)
    except typer.TyperException as error:  # wrong usage
        typer.echo(f"error: {error.format_message()}\nTry: python -m simulator --help", err=True)
        return EXIT_USAGE
    return code
