"""The platform's play-out queue between the server and the caller's ear (platform.md, 3.7)."""

from __future__ import annotations

import math
from collections import deque
from typing import Any, NamedTuple

from ..audio.format import FRAME_SECONDS
from ..record.frames import Frames
from .line import Line

CAPACITY = 3072  # frames


class _Queued(NamedTuple):
    came_at: float
    plays_at: float
    sent_at: float | None
    frame: bytes


class _Notification(NamedTuple):
    due: float
    payload: dict[str, Any]


class PlayOut:
    """Plays one frame every 20 ms while any are queued, through all sockets of a call.

    Each method takes the time, in seconds on one steady clock, and first plays the frames that are due by then.
    """

    def __init__(self, frames: Frames | None = None, line: Line | None = None) -> None:
        """Take the frames of the call's record, and the line that carries them."""
        self.frames = frames or Frames()
        self.frames_played = 0
        self._line = line
        self._queue: deque[_Queued] = deque()
        self._notifications: deque[_Notification] = deque()  # in the order in which they become due
        self._played_until = -math.inf  # the end of the last frame played
        self._queued_until = -math.inf  # the end of the last frame queued
        self._gap_begun = False

    @property
    def counts(self) -> dict[str, int]:
        """The numbers, by name, of frames that came back but were not heard."""
        return {"cleared": self.frames.cleared, "overflowed": self.frames.overflowed}

    @property
    def waiting(self) -> int:
        """How many frames are queued and not played yet."""
        return len(self._queue)

    @property
    def next_at(self) -> float | None:
        """When the next queued frame is to be played; None if none is queued."""
        return self._queue[0].plays_at if self._queue else None

    def seconds_queued(self, now: float) -> float:
        """Return how long it takes until all that is queued has been played."""
        return max(0.0, self._queued_until - now)

    def queue(self, sent_at: float | None, now: float, frame: bytes = b"") -> None:
        """Queue a frame from the server; `sent_at` is when the caller's side sent it, None if that is not known."""
        self._play(now)
        if len(self._queue) >= CAPACITY:
            self.frames.overflowed += 1
            return
        plays_at = max(self._queued_until, now)
        self._queue.append(_Queued(now, plays_at, sent_at, frame))
        self.frames.longest_queue = max(self.frames.longest_queue, len(self._queue))
        self._queued_until = plays_at + FRAME_SECONDS

    def clear(self, now: float) -> int:
        """Empty the queue, and return how many frames it held; the one that is being played goes on to its end."""
        self._play(now)
        cleared = len(self._queue)
        self.frames.cleared += cleared
        self._queue.clear()
        self._queued_until = self._played_until
        self._notifications = deque(
            _Notification(min(due, self._queued_until), payload) for due, payload in self._notifications
        )
        return cleared

    def notify(self, payload: dict[str, Any], now: float) -> None:
        """Note a payload that is due when every frame queued so far has been played or cleared."""
        self._play(now)
        self._notifications.append(_Notification(self._queued_until, payload))

    def notifications_due(self, now: float) -> list[dict[str, Any]]:
        due = []
        while self._notifications and self._notifications[0].due <= now:
            due.append(self._notifications.popleft().payload)
        return due

    def lose_socket(self, now: float) -> None:
        """Empty the queue and forget the notifications, as their socket has ended; a gap begins."""
        self.clear(now)
        self._notifications.clear()
        self._gap_begun = self.frames_played > 0

    def advance(self, now: float) -> None:
        """Play the frames that are due."""
        self._play(now)

    def end(self, now: float) -> None:
        """End the call: the caller hears the queued frames to their end."""
        self._play(math.inf)
        if self._gap_begun:
            self._end_silence(now)

    def _play(self, now: float) -> None:
        while self._queue and self._queue[0].plays_at <= now:
            came_at, plays_at, sent_at, frame = self._queue.popleft()
            if self.frames_played:
                self._end_silence(plays_at)
            self.frames_played += 1
            self._played_until = plays_at + FRAME_SECONDS
            if self._line is not None:
                self._line.play(frame, plays_at, plays_at - came_at)
            if sent_at is not None:
                self.frames.played_at.append(plays_at)
                self.frames.lags.append(round(plays_at - sent_at, 6))

    def _end_silence(self, now: float) -> None:
        silence = now - self._played_until
        self.frames.longest_silence = max(self.frames.longest_silence, silence)
        if self._gap_begun:
            self.frames.gaps.append(silence)
            self._gap_begun = False
