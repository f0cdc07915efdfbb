"""The platform's play-out queue, measured: what `notify` tells that the model of the queue can't know.

The platform answers a `notify` when all that was sent before it has been played (platform.md, 3.5), and a ping at
once. So the answer to a `notify` comes after that to a ping, sent with it, by as much audio as waits in the queue. A
stall on the way back shows here, and nowhere else.

Two answers in a row must find the model wrong in the same direction before it is corrected, by the smaller one of the
two errors: a single answer may have been held up on its way. A platform that answers no `notify` changes nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from echo_engine.play_out import PlayOut
from shared.audio import FRAME_SECONDS

# The platform may note the end of a frame only when the next one begins, and so may we.
TOLERANCE_SECONDS = 2 * FRAME_SECONDS
# A probe and its two answers cost as much as five frames: every 5 s that is 2 % of a call. A stall is found, probed for
# once more, and healed within 10 s and twice its length.
NOTIFY_SECONDS = 5.0
# The platform's queue holds 61 s of audio (platform.md, 3.7). After that no answer will come.
ANSWER_SECONDS = 90.0


class _Mark(NamedTuple):
    number: int
    sent_at: float
    model_waits: float  # seconds of audio, as the model had it
    clears: int  # of the queue until then


class QueueCheck:
    """Sends a mark every few seconds, holds the answers against the model of the queue, and corrects it."""

    __slots__ = (
        "_doubt", "_found", "_mark", "_next_at", "_play_out", "_ponged_at", "_round_trip_sum",
        "_round_trips", "_sent_at", "_wait_sum", "_waits", "answers", "corrections", "longest_wait", "marks",
    )  # fmt: skip

    def __init__(self, play_out: PlayOut, now: float) -> None:
        self._play_out = play_out
        self._sent_at = now  # the last mark; none yet
        self._next_at = now + NOTIFY_SECONDS
        self._mark: _Mark | None = None  # the last one, until it is answered
        self._ponged_at: float | None = None  # when the ping with it was answered
        self._doubt = 0.0  # by how much the last answer found the model wrong; 0 if it was right
        self._found: float | None = None  # the last wait, until `take_found`
        self.marks = 0  # sent
        self.answers = 0  # to notify
        self.corrections = 0
        self._round_trips, self._round_trip_sum = 0, 0.0  # of the pings, in seconds
        self._waits, self._wait_sum = 0, 0.0  # of audio at the platform, in seconds
        self.longest_wait: float | None = None

    @property
    def round_trip(self) -> float | None:
        """The mean round trip of the pings in seconds, None before the first pong."""
        return self._round_trip_sum / self._round_trips if self._round_trips else None

    @property
    def wait(self) -> float | None:
        """The mean of the audio found waiting at the platform in seconds, None before it was found."""
        return self._wait_sum / self._waits if self._waits else None

    def send_mark(self, now: float) -> int | None:
        """Return the mark that is to be sent now, with a `notify` and with a ping; None if none is due."""
        if now < self._next_at or self._play_out.ends_at <= self._sent_at:
            return None  # too early, or no audio was sent since the last mark
        self._sent_at = now
        self.marks += 1
        self._mark = _Mark(self.marks, now, self._play_out.waits(now), self._play_out.clears)
        self._ponged_at = None
        self._next_at = now + ANSWER_SECONDS
        return self.marks

    def receive_pong(self, mark: int, now: float) -> float | None:
        """Take the answer to a ping; return its round trip in seconds, None if it was not ours."""
        if self._mark is None or self._mark.number != mark or self._ponged_at is not None:
            return None
        self._ponged_at = now
        self._round_trips += 1
        self._round_trip_sum += now - self._mark.sent_at
        return now - self._mark.sent_at

    def receive_notify(self, mark: int, now: float) -> None:
        """Take the answer to a `notify`; it says nothing if the queue was cleared or no pong came before it."""
        sent = self._mark
        if sent is None or sent.number != mark:
            return
        self._mark = None
        self.answers += 1
        self._next_at = sent.sent_at + NOTIFY_SECONDS
        if self._ponged_at is not None and sent.clears == self._play_out.clears:
            self._compare(sent.model_waits, now - self._ponged_at, now)

    def take_found(self) -> float | None:
        """Return the audio found waiting at the platform, in seconds, once for each time that it was found."""
        found, self._found = self._found, None
        return found

    def _compare(self, model_waits: float, waits: float, now: float) -> None:
        error, doubt = waits - model_waits, self._doubt
        self._doubt = 0.0
        if abs(error) <= TOLERANCE_SECONDS:
            self._find(waits)
        elif error * doubt > 0:
            error = min(error, doubt, key=abs)
            self._play_out.correct(error)
            self.corrections += 1
            self._find(model_waits + error)
        else:
            self._doubt = error
            self._next_at = now

    def _find(self, waits: float) -> None:
        self._found = waits
        self._waits += 1
        self._wait_sum += waits
        self.longest_wait = max(self.longest_wait or 0.0, waits)
