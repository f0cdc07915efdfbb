"""The project's version, for a checkout, an image and an installed package alike."""

from __future__ import annotations

VERSION = "0.1.0"  # simulator/pyproject.toml takes it from here; the project's pyproject.toml has the same


def version() -> str:
    """Return the version of the simulator."""
    return VERSION
