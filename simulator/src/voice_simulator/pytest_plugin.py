"""The pytest plugin that comes with the installed package: the fixture `voice_call`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import pytest

if TYPE_CHECKING:
    from .api import CallOptions
    from .placed_call import PlacedCall


class VoiceCall:
    """Calls an application: `voice_call(answer_url, ...)` in a test, `await voice_call.place(...)` in an async one."""

    def __call__(self, answer_url: str, **options: Unpack[CallOptions]) -> PlacedCall:
        """Place a call, as place_call does."""
        from .api import place_call  # numpy and more: not for every run of pytest

        return place_call(answer_url, **options)

    async def place(self, answer_url: str, **options: Unpack[CallOptions]) -> PlacedCall:
        """Place a call, as place_call_async does."""
        from .api import place_call_async

        return await place_call_async(answer_url, **options)


@pytest.fixture
def voice_call() -> VoiceCall:
    """Return a function that calls a voice application as the platform does, and gives the placed call."""
    return VoiceCall()
