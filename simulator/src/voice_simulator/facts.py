"""The facts about the platform that messages and rules cite by section, as in platform.md, 3.7."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

PAGE = "platform.md"


class UnknownSectionError(Exception):
    """The page has no such section; the message lists the sections that it has."""


def contents() -> str:
    """Return the page's table of contents: a line for each section, its number and its title."""
    return "\n".join("  " * number.count(".") + f"{number} {title}" for number, title in _titles(_page()))


def section(number: str) -> str:
    """Return a section with its subsections, as Markdown. Raises UnknownSectionError."""
    page = _page()
    if number not in dict(_titles(page)):
        raise UnknownSectionError(f"{PAGE} has no section {number!r}; it has these:\n{contents()}")
    _, heading, rest = re.split(rf"(?m)^(##+ {re.escape(number)} .*\n)", page, maxsplit=1)
    level = heading.index(" ")
    body = re.split(rf"(?m)^#{{2,{level}}} ", rest, maxsplit=1)[0]
    return (heading + body).rstrip()


def _titles(page: str) -> list[tuple[str, str]]:
    return re.findall(r"(?m)^##+ ([0-9.]+) (.*)$", page)


def _page() -> str:
    """Return the page from the installed package, or in a checkout from the folder of documents."""
    installed = resources.files(__package__) / PAGE
    page = installed if installed.is_file() else Path(__file__).parents[2] / "docs" / PAGE
    return page.read_text(encoding="utf-8")
