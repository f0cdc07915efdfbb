"""A model of the platform's play-out queue, which nobody can look into."""

from __future__ import annotations

import math

from shared.audio import FRAME_SECONDS

# The model plays a little faster than a clock of ours says: the platform sends and plays by one clock of its own, which
# may be some hundred ppm from ours, and nobody hears that. The slack is a tenth of a percent of the time since the
# model's queue was empty. Only a sender that is faster than its own play-out fills the queue.
DRIFT_SLACK = 0.001
PLAYED_SECONDS = FRAME_SECONDS * (1 - DRIFT_SLACK)


class PlayOut:
    """When all that was sent will have been played; beyond a bound the queue of a live call is to be cleared.

    The platform plays every frame that it gets (platform.md, 3.7), so a burst would stay as delay for the rest of the
    call.
    """

    __slots__ = ("_clear_due", "_max_lag", "clears", "ends_at", "frames_cut", "lag_resets", "live")

    def __init__(self, max_lag: float, now: float) -> None:
        """Take the seconds of live audio that may wait, 0 for no bound."""
        self._max_lag = max_lag or math.inf
        self._clear_due = False  # True from `expect_stuck_frames` to the next clear
        self.live = True  # whether audio is dropped when it is late; the application's, set when the call opens
        self.ends_at = now
        self.clears = 0  # for whatever reason
        self.lag_resets = 0  # for audio that was late
        self.frames_cut = 0  # by these, as far as the model knows

    @property
    def bounded(self) -> bool:
        """Whether audio is dropped when it is late."""
        return self.live and self._max_lag < math.inf

    def queue(self, frames: int, now: float) -> bool:
        """Add frames that are sent now; False, and nothing changed, if the queue must be cleared instead."""
        ends_at = (self.ends_at if self.ends_at > now else now) + frames * PLAYED_SECONDS
        if (ends_at - now > self._max_lag and self.live) or self._clear_due:
            return False
        self.ends_at = ends_at
        return True

    def waits(self, now: float) -> float:
        """Return the seconds of audio in the queue."""
        return max(self.ends_at - now, 0.0)

    def reset(self, frames: int, now: float) -> int:
        """Assume that the queue is cleared now, and as many of the newest frames sent after that as fit.

        Return how many those are. They fill the bound but for one frame: the next one may come a little early, and
        would be the reason for another clear.
        """
        if self.bounded:
            frames = min(frames, max(int(self._max_lag / PLAYED_SECONDS) - 1, 1))
        self.lag_resets += 1
        self.frames_cut += round(self.waits(now) / FRAME_SECONDS)
        self.clear(now)
        self.ends_at = now + frames * PLAYED_SECONDS
        return frames

    def clear(self, now: float) -> None:
        """Assume that the queue is cleared now."""
        self._clear_due = False
        self.clears += 1
        self.ends_at = now

    def expect_stuck_frames(self) -> None:
        """Have the queue cleared before the next frame: those that were stuck on their way will arrive late."""
        self._clear_due = True

    def correct(self, seconds: float) -> None:
        """Add audio that waits there unknown to the model; below zero, take away what does not."""
        self.ends_at += seconds
