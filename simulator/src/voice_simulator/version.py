"""The version of the simulator, and the name of its command."""

from __future__ import annotations

VERSION = "0.1.0"  # pyproject.toml takes it from here
PROGRAM = "voice-simulator"
