"""The ledger of an echo: each frame sent, and whether it came back, byte for byte."""

from __future__ import annotations

import enum
import math
from array import array
from collections import Counter
from typing import NamedTuple

from .frame_mark import FrameMark, read_mark

CATCH_UP_SECONDS = 1.0


class Excuse(enum.Enum):
    """Why a frame need not come back, by the name of its count."""

    STALE = "stale"  # it left late, or right behind a late one, and the server said clear
    DISCARDED = "discarded"  # it waited for its echo when the caller pressed a key that drops it
    MOVE = "lost_at_move"  # its socket ended before the echo; the call moves to another socket, or is lost


FAULTS = ("lost", "out_of_order", "corrupted", "duplicated", "foreign")


class _Sent(NamedTuple):
    frame: bytes
    time: float
    late: bool


class EchoLedger:
    """Every frame of one call: sent, returned, lost, corrupted, and how long it was on its way.

    Every frame carries its mark (see frame_mark). Times are in seconds on any one steady clock.
    """

    def __init__(self, call_index: int) -> None:
        self.call_index = call_index
        self.frames_sent = 0
        self.gap_numbers = array("I")  # of the frames spoken while the call had no socket, so not sent
        self.corrupted_numbers = array("I")  # the mark is of a frame still awaited, but other bytes differ
        self.frames_out_of_order = 0  # came back intact, but behind a later frame
        self.frames_duplicated = 0  # came back once more
        self.frames_foreign = 0  # the mark was never sent in this call: another call's frame, or a broken mark
        self.returned_numbers = array("I")  # of the intact frames, in order of arrival
        self.returned_at = array("d")  # of the same frames
        self.round_trips = array("d")  # of the same frames, in seconds
        self.silence_returned = False  # if so, every spoken frame has come back or never will
        self._silent_frames = 0
        self._forgotten: Counter[str] = Counter()  # frames that are counted, and not kept any more
        self._awaited: dict[int, _Sent] = {}
        self._excused: dict[Excuse, dict[int, _Sent]] = {excuse: {} for excuse in Excuse}
        self._highest_returned = -1
        self._catching_up_until = -math.inf

    @property
    def frames_spoken(self) -> int:
        """Frames of the caller's speech so far; the next one's number."""
        return self.frames_sent + self.frames_in_gap

    @property
    def frames_in_gap(self) -> int:
        """Frames spoken while the call had no socket."""
        return len(self.gap_numbers)

    @property
    def frames_corrupted(self) -> int:
        """Frames that came back with their own mark and other bytes changed."""
        return len(self.corrupted_numbers)

    @property
    def frames_returned(self) -> int:
        """Frames that came back intact."""
        return len(self.round_trips)

    @property
    def frames_lost(self) -> int:
        """Frames that have no excuse and have not come back, neither intact nor corrupted."""
        return len(self._awaited) + self._forgotten["lost"]

    @property
    def frames_overtaken(self) -> int:
        """Frames of `frames_lost` that a later one has overtaken, or that were forgotten: the others may still come."""
        return self._forgotten["lost"] + sum(number < self._highest_returned for number in self._awaited)

    @property
    def counts(self) -> dict[str, int]:
        """The totals by name.

        `sent` = `returned` + `corrupted` + `lost` + `stale` + `discarded` + `lost_at_move`.
        """
        return {
            "sent": self.frames_sent,
            "returned": self.frames_returned,
            "lost": self.frames_lost,
            "out_of_order": self.frames_out_of_order,
            "corrupted": self.frames_corrupted,
            "duplicated": self.frames_duplicated,
            "foreign": self.frames_foreign,
            **{e.value: len(frames) + self._forgotten[e.value] for e, frames in self._excused.items()},
            "in_gap": self.frames_in_gap,
        }

    @property
    def fault(self) -> str:
        """The faults of the echo in words; empty if each frame came back once, whole and in order, or is excused."""
        counts = self.counts
        words = ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in FAULTS if counts[name])
        return f"of {self.frames_sent} frames sent: {words}" if words else ""

    @property
    def lost_at(self) -> list[float]:
        """When the lost frames were sent."""
        return [sent.time for sent in self._awaited.values()]

    @property
    def missing_numbers(self) -> dict[str, list[int]]:
        """The numbers of the frames that did not come back, by the name of their count."""
        excused = {excuse.value: sorted(frames) for excuse, frames in self._excused.items()}
        return {"lost": sorted(self._awaited)} | excused

    def send(self, frame: bytes, time: float, *, late: bool = False) -> None:
        """Note a frame as sent; `late` says that it left well behind its time.

        Its mark has the next number: spoken frames are numbered from 0 without a gap.
        """
        self._awaited[self.frames_spoken] = _Sent(frame, time, late)
        self.frames_sent += 1

    def send_unmarked(self) -> None:
        """Note a frame as sent that nobody expects back."""
        self.frames_sent += 1

    def skip(self) -> None:
        """Note a frame as spoken but not sent."""
        self.gap_numbers.append(self.frames_spoken)

    def send_silence(self) -> FrameMark:
        """Return the mark for a frame of silence after the last word; no count includes it, it need not come back."""
        mark = FrameMark(self.call_index, self.frames_spoken + self._silent_frames)
        self._silent_frames += 1
        return mark

    def receive(self, frame: bytes, time: float) -> float | None:
        """Note a frame that came back; it has the size of a frame.

        Return when it was sent, or None unless it is a spoken frame that came back intact for the first time.
        """
        mark = read_mark(frame)
        if mark.call_index != self.call_index or mark.number >= self.frames_spoken + self._silent_frames:
            self.frames_foreign += 1
        elif mark.number >= self.frames_spoken:
            self.silence_returned = True
        elif (sent := self._take(mark.number)) is None:
            self.frames_duplicated += 1
        elif sent.frame != frame:
            self.corrupted_numbers.append(mark.number)
        else:
            self._note_returned(mark.number, time, time - sent.time)
            return sent.time
        return None

    def excuse(self, why: Excuse) -> None:
        """Excuse the frames still on their way; a missing frame stays lost if a later one has come back already."""
        for number in [number for number in self._awaited if number > self._highest_returned]:
            self._excused[why][number] = self._awaited.pop(number)

    def forget(self, before: float) -> None:
        """Keep no more of the frames that were sent before a time and did not come back; they stay counted."""
        kept = {"lost": self._awaited} | {excuse.value: frames for excuse, frames in self._excused.items()}
        for name, frames in kept.items():
            while frames and next(iter(frames.values())).time < before:
                del frames[next(iter(frames))]
                self._forgotten[name] += 1

    def note_clear(self, time: float) -> None:
        """Note that the server said clear, as it does when it drops late frames (platform.md, 3.5 and 3.7).

        If a frame on its way left late, all frames on their way are excused, and those at a clear within the next
        second too: a burst of late frames may reach the server in pieces, with a clear after each piece.
        """
        if any(sent.late for number, sent in self._awaited.items() if number > self._highest_returned):
            self._catching_up_until = time + CATCH_UP_SECONDS
        if time <= self._catching_up_until:
            self.excuse(Excuse.STALE)

    def _take(self, number: int) -> _Sent | None:
        for frames in (self._awaited, *self._excused.values()):
            if number in frames:
                return frames.pop(number)
        return None

    def _note_returned(self, number: int, time: float, round_trip: float) -> None:
        if number < self._highest_returned:
            self.frames_out_of_order += 1
        self._highest_returned = max(self._highest_returned, number)
        self.returned_numbers.append(number)
        self.returned_at.append(time)
        self.round_trips.append(round_trip)
