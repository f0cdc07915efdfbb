"""The version of this software, as `pyproject.toml` has it."""

from __future__ import annotations

import tomllib
from pathlib import Path

_PROJECT_FILE = Path(__file__).parents[1] / "pyproject.toml"

VERSION: str = tomllib.loads(_PROJECT_FILE.read_text())["project"]["version"]
