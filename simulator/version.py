"""The version, and the name of the command, for a checkout, an image and an installed package alike."""

from __future__ import annotations

VERSION = "0.1.0"  # simulator/pyproject.toml takes it from here; the project's pyproject.toml has the same
# As a package of its own the simulator has another name, and a command.
PROGRAM = "voice-simulator" if __name__.startswith("voice_simulator.") else "python -m simulator"


def version() -> str:
    """Return the version of the simulator."""
    return VERSION
