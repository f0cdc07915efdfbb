"""What became of the frames of a call: those that the caller said, and those that the caller heard."""

from __future__ import annotations

import enum
from array import array
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..audio.format import FRAME_SECONDS

Times = npt.NDArray[np.float64]


class Fate(enum.Enum):
    """What became of a frame that was said: the name of its count."""

    LOST = "lost"  # it has not come back, or not yet
    RETURNED = "returned"  # intact
    CORRUPTED = "corrupted"  # it came back with its own mark, and other bytes differ
    STALE = "stale"  # it left late, or right after a late one, and the server said clear
    DISCARDED = "discarded"  # it waited for its echo when the caller pressed a key that drops it
    LOST_AT_MOVE = "lost_at_move"  # its socket ended before the echo; the call moves to another socket, or is lost
    IN_GAP = "in_gap"  # it was said while the call had no socket, so it was not sent
    UNMARKED = "unmarked"  # it was sent, and no echo is expected

    @property
    def letter(self) -> int:
        """The letter that stands for it in `Frames.fates`: the first of its name, or M for the one lost at a move."""
        return ord("m" if self is Fate.LOST_AT_MOVE else self.value[0])


FAULTS = ("lost", "out_of_order", "corrupted", "duplicated", "foreign")


def count_words(name: str) -> str:
    """Return the words for a count of frames, by its name."""
    return "never sent" if name == "foreign" else name.replace("_", " ")


def _times() -> array[float]:
    return array("d")


def _levels() -> array[int]:
    return array("b")


@dataclass
class Frames:
    """Fills while the call runs. Times are in seconds on the call's clock."""

    first_at: float | None = None  # when the first frame was due to be said; the others follow every 20 ms
    fates: bytearray = field(default_factory=bytearray)  # a letter for each frame that was said, by its number
    sent_at: array[float] = field(default_factory=_times)  # of each frame that was sent
    returned_numbers: array[int] = field(default_factory=lambda: array("I"))  # of the intact frames, as they came
    returned_at: array[float] = field(default_factory=_times)  # of the same frames
    round_trips: array[float] = field(default_factory=_times)  # of the same frames, in seconds
    out_of_order: int = 0  # came back intact, but after a later frame
    duplicated: int = 0  # came back once more
    foreign: int = 0  # the mark was never sent in this call: another call's frame, or a broken mark
    heard_at: array[float] = field(default_factory=_times)  # of every frame heard, from a socket or a stream
    # The next three are measured where turns are: not in a call of the command line that expects an echo.
    heard_waits: array[float] = field(default_factory=_times)  # seconds that each frame heard was in the queue
    heard_levels: array[int] = field(default_factory=_levels)  # of the same frames, dBFS
    said_levels: array[int] = field(default_factory=_levels)  # of what the caller said in each frame, dBFS
    played_at: array[float] = field(default_factory=_times)  # of each echo that was played
    lags: array[float] = field(default_factory=_times)  # of the same frames, in seconds from sent to played
    gaps: array[float] = field(default_factory=_times)  # seconds without sound, for each socket that ended in mid-call
    cleared: int = 0  # removed before they were played, by a clear or with the end of their socket
    overflowed: int = 0  # never queued: the play-out queue was full
    longest_queue: int = 0  # frames
    longest_silence: float = 0.0  # seconds from the end of one frame from a socket to the next, for whatever reason

    def of(self, fate: Fate) -> int:
        """Return how many frames have this fate."""
        return self.fates.count(fate.letter)

    @property
    def spoken(self) -> int:
        """Frames that were said so far; the next one's number."""
        return len(self.fates)

    @property
    def returned(self) -> int:
        return len(self.round_trips)

    @property
    def counts(self) -> dict[str, int]:
        """The totals by name.

        `sent` = `returned` + `corrupted` + `lost` + `stale` + `discarded` + `lost_at_move`, where an echo is expected.
        """
        return {
            "sent": len(self.sent_at),
            "returned": self.returned,
            "lost": self.of(Fate.LOST),
            "out_of_order": self.out_of_order,
            "corrupted": self.of(Fate.CORRUPTED),
            "duplicated": self.duplicated,
            "foreign": self.foreign,
            **{fate.value: self.of(fate) for fate in (Fate.STALE, Fate.DISCARDED, Fate.LOST_AT_MOVE, Fate.IN_GAP)},
            "cleared": self.cleared,
            "overflowed": self.overflowed,
        }

    @property
    def fault(self) -> str:
        """The faults of the echo in words; empty if each frame came back once, whole and in order, or is excused."""
        counts = self.counts
        words = ", ".join(f"{counts[name]} {count_words(name)}" for name in FAULTS if counts[name])
        return f"of {counts['sent']} frames sent: {words}" if words else ""

    @property
    def is_consistent(self) -> bool:
        """Whether the lists fit each other, as they do unless a file was damaged."""
        returned = {len(self.returned_numbers), len(self.returned_at), len(self.round_trips), self.of(Fate.RETURNED)}
        return (
            len(self.sent_at) == self.spoken - self.of(Fate.IN_GAP)
            and len(returned) == 1
            and len(self.played_at) == len(self.lags)
            and {len(self.heard_waits), len(self.heard_levels)} in ({0}, {len(self.heard_at)})
            and len(self.said_levels) in (0, self.spoken)
            and all(number < self.spoken for number in self.returned_numbers)
            and (self.first_at is not None or not self.fates)
        )

    def numbers(self, fate: Fate) -> list[int]:
        """Return the numbers of the frames that have this fate."""
        return np.flatnonzero(self._letters == fate.letter).tolist()

    def sent_times(self, fate: Fate) -> list[float]:
        """Return when the frames of this fate were sent."""
        letters = self._letters
        times: list[float] = np.asarray(self.sent_at)[letters[letters != Fate.IN_GAP.letter] == fate.letter].tolist()
        return times

    @property
    def late(self) -> Times:
        """Of each frame that was sent: the seconds from when it was due to when it was sent."""
        numbers = np.flatnonzero(self._letters != Fate.IN_GAP.letter)
        late: Times = np.asarray(self.sent_at) - ((self.first_at or 0.0) + numbers * FRAME_SECONDS)
        return late

    @property
    def said_at(self) -> Times:
        """Of each frame that was said: when it was sent, or without a socket when it was due."""
        at: Times = (self.first_at or 0.0) + np.arange(self.spoken, dtype=np.float64) * FRAME_SECONDS
        at[np.flatnonzero(self._letters != Fate.IN_GAP.letter)] = self.sent_at
        return at

    def sent_before(self, time: float) -> float:
        """Return the seconds of audio that were sent before a time."""
        return sum(at <= time for at in self.sent_at) * FRAME_SECONDS

    @property
    def _letters(self) -> npt.NDArray[np.uint8]:
        return np.frombuffer(bytes(self.fates), np.uint8)
