"""The simulator's documents, read."""

from __future__ import annotations

import re

from simulator.tests.harness.process import ROOT

PLATFORM, CHECK = ((ROOT / "simulator" / "docs" / name).read_text() for name in ("platform.md", "check.md"))
SECTIONS = set(re.findall(r"^#{2,3} (\d(?:\.\d)?) ", PLATFORM, re.MULTILINE))  # of platform.md


def rows(document: str) -> list[list[str]]:
    """Return the cells of all rows of all tables."""
    lines = re.findall(r"^\| ?(.*?) ?\|$", document, re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines]
