"""The fixture under test, as the plugin of the installed package gives it."""

from __future__ import annotations

from voice_simulator.testing.plugin import voice_call as voice_call
