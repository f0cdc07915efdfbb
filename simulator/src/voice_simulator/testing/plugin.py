"""The pytest plugin, which comes with the installed package: the fixture `voice_call`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .voice_call import VoiceCall


@pytest.fixture
def voice_call() -> VoiceCall:
    """Return a function that calls an application as the platform does: see VoiceCall."""
    from .voice_call import VoiceCall  # numpy and more: not for every run of pytest

    return VoiceCall()
