"""The version of this software: that of `pyproject.toml`, plus in an image the commit or tag that it was built from."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

_PROJECT_FILE = Path(__file__).parents[1] / "pyproject.toml"

_BUILT_FROM = os.environ.get("VERSION", "")
_NUMBER = tomllib.loads(_PROJECT_FILE.read_text())["project"]["version"]

VERSION: str = f"{_NUMBER}+{_BUILT_FROM}" if _BUILT_FROM else _NUMBER
