"""The project's documents, read: their tables and headings."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from simulator.tests.harness.documents import rows as rows
from tests.harness.process import ROOT


def project_files(*patterns: str) -> dict[str, str]:
    """Return the texts of the project's own files, by name: those that git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return {name: Path(ROOT, name).read_text() for name in sorted(set(names)) if Path(ROOT, name).is_file()}


DOCUMENTS = project_files("*.md")
OPERATIONS = DOCUMENTS["docs/operations.md"]


def anchors(document: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings."""
    prose = re.sub(r"^```.*?^```", "", document, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
