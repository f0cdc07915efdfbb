"""The version of the simulator, and the name of its command."""

from __future__ import annotations

VERSION = "0.1.0"  # simulator/pyproject.toml takes it from here; the project's pyproject.toml has the same
PROGRAM = "voice-simulator"


def version() -> str:
    """Return the version of the simulator."""
    return VERSION
