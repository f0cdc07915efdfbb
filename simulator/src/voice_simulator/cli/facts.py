"""The command that prints what is known about the platform."""

from __future__ import annotations

from typing import Annotated

import typer

from ..facts import UnknownSectionError, contents, section


def facts(
    number: Annotated[
        str, typer.Argument(metavar="SECTION", help="A section, as in 3.7.", show_default="all titles")
    ] = "",
) -> int:
    """Print a section of the facts about the platform, which messages and rules cite: voice-simulator facts 3.7.

    Without a section, print the table of contents.
    """
    try:
        typer.echo(section(number) if number else contents())
    except UnknownSectionError as error:
        raise typer.BadParameter(str(error)) from error
    return 0
