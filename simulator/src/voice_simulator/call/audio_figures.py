"""The figures of what a caller heard of an application's own audio."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AudioFigures:
    """What a caller heard; seconds, but for the frames."""

    frames: int
    first: float | None  # from the opening of the socket, or from the answer in a call without one
    holes: float  # silences of less than half a second, together
    holes_share: float  # of the time in which audio is heard
    longest_queue: float
    clears: list[float]  # from the moment at which the caller begins to speak, each
