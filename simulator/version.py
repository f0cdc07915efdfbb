"""The project's version, from the one place where it is written."""

from __future__ import annotations

import tomllib
from pathlib import Path

PROJECT_FILE = Path(__file__).parents[1] / "pyproject.toml"


def version() -> str:
    """Return the version of this checkout."""
    project: dict[str, str] = tomllib.loads(PROJECT_FILE.read_text())["project"]
    return project["version"]
