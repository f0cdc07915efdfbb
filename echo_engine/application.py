"""What an application is to the engine: an object for each call that hears audio and keys, and answers with audio.

The engine knows the socket, the limits, the counters and the platform's messages, and an application knows none of
them. `echo.py` is the one that runs; `parrot.py` is an example of another. `__main__.py` chooses, in one line.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from shared.audio import AudioFormat


class Command(enum.Enum):
    """What the platform can be told beside audio. It has no command to end a call."""

    CLEAR = "clear"  # drop all audio that waits to be played


Reply = bytes | Command  # `bytes` is a frame: exactly 20 ms in the call's format


class Application:
    """One call. Each verb returns what to send now, in order; the engine calls them one after the other.

    All calls share one thread: whatever takes longer than a fraction of a millisecond belongs in another process.
    """

    __slots__ = ()

    # Whether audio is worthless when it is late: the engine then keeps what waits at the platform under
    # MAX_ECHO_LAG_MS, and drops older frames. Otherwise all is queued there: up to a minute fits, and plays in order.
    live = False
    # Whether each frame goes back at once and unchanged: the engine may then send it without calling `hear`. Asked
    # again after every verb.
    echoes = False

    def open(self, audio_format: AudioFormat, headers: Mapping[str, str]) -> list[Reply]:
        """Begin: the platform has named the format, and passed on the headers that the NCCO gave the socket."""
        return []

    def hear(self, frames: list[bytes]) -> list[Reply]:
        """Take the frames of one read, oldest first: usually one, every 20 ms; more after a delay."""
        return []

    def press(self, key: str) -> list[Reply]:
        """Take a key that the caller pressed: `0` to `9`, `*` or `#`."""
        return []

    def end(self) -> None:
        """Release what the call held: the socket is gone. The call may go on with a new socket and a new object."""
