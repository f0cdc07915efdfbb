"""The ledger of an echo: each frame sent, and whether it came back, byte for byte."""

from __future__ import annotations

import math
from typing import NamedTuple

from ..record.frames import Fate, Frames
from .frame_mark import FrameMark, read_mark

CATCH_UP_SECONDS = 1.0


class _Sent(NamedTuple):
    frame: bytes
    time: float
    late: bool


class EchoLedger:
    """Finds out what becomes of each frame of one call, and writes it into the frames of the call's record.

    Every frame carries its mark (see frame_mark). Times are in seconds on any one steady clock.
    """

    def __init__(self, call_index: int, frames: Frames | None = None) -> None:
        self.call_index = call_index
        self.frames = frames or Frames()
        self.silence_returned = False  # if so, every spoken frame has come back or never will
        self._silent_frames = 0
        self._overtaken_forgotten = 0  # of the frames that are lost and not kept any more
        self._awaited: dict[int, _Sent] = {}
        self._excused: dict[int, _Sent] = {}
        self._highest_returned = -1
        self._catching_up_until = -math.inf

    @property
    def frames_awaited(self) -> int:
        """Frames that have no excuse and have not come back, neither intact nor corrupted, and still may."""
        return len(self._awaited)

    @property
    def frames_overtaken(self) -> int:
        """Frames that are lost as a later one has overtaken them, or as they were forgotten: the others may come."""
        return self._overtaken_forgotten + sum(number < self._highest_returned for number in self._awaited)

    def send(self, frame: bytes, time: float, *, late: bool = False) -> None:
        """Note a frame as sent; `late` says that it left well after its time.

        Its mark has the next number: spoken frames are numbered from 0 without a gap.
        """
        self._awaited[self.frames.spoken] = _Sent(frame, time, late)
        self._say(Fate.LOST, time)

    def send_unmarked(self, time: float) -> None:
        """Note a frame as sent whose echo nothing awaits."""
        self._say(Fate.UNMARKED, time)

    def skip(self) -> None:
        """Note a frame as spoken but not sent."""
        self.frames.fates.append(Fate.IN_GAP.letter)

    def send_silence(self) -> FrameMark:
        """Return the mark for a frame of silence after the last word; no count includes it, it need not come back."""
        mark = FrameMark(self.call_index, self.frames.spoken + self._silent_frames)
        self._silent_frames += 1
        return mark

    def receive(self, frame: bytes, time: float) -> float | None:
        """Note a frame that came back; it has the size of a frame.

        Return when it was sent, or None unless it is a spoken frame that came back intact for the first time.
        """
        mark, spoken = read_mark(frame), self.frames.spoken
        if mark.call_index != self.call_index or mark.number >= spoken + self._silent_frames:
            self.frames.foreign += 1
        elif mark.number >= spoken:
            self.silence_returned = True
        elif (sent := self._take(mark.number)) is None:
            self.frames.duplicated += 1
        elif sent.frame != frame:
            self._decide(mark.number, Fate.CORRUPTED)
        else:
            self._note_returned(mark.number, time, sent.time)
            return sent.time
        return None

    def excuse(self, why: Fate) -> None:
        """Excuse the frames still on their way; a missing frame stays lost if a later one has come back already."""
        for number in [number for number in self._awaited if number > self._highest_returned]:
            self._excused[number] = self._awaited.pop(number)
            self._decide(number, why)

    def forget(self, before: float) -> None:
        """Keep no more of the frames that were sent before a time and did not come back; they stay counted."""
        for kept in (self._awaited, self._excused):
            for number in [number for number, sent in kept.items() if sent.time < before]:
                del kept[number]
                self._overtaken_forgotten += kept is self._awaited

    def note_clear(self, time: float) -> None:
        """Note that the server said clear, as it does when it drops late frames (platform.md, 3.5 and 3.7).

        If a frame on its way left late, all frames on their way are excused, and those at a clear within the next
        second too: a burst of late frames may reach the server in pieces, with a clear after each piece.
        """
        if any(sent.late for number, sent in self._awaited.items() if number > self._highest_returned):
            self._catching_up_until = time + CATCH_UP_SECONDS
        if time <= self._catching_up_until:
            self.excuse(Fate.STALE)

    def _say(self, fate: Fate, time: float) -> None:
        self.frames.fates.append(fate.letter)
        self.frames.sent_at.append(time)

    def _decide(self, number: int, fate: Fate) -> None:
        self.frames.fates[number] = fate.letter

    def _take(self, number: int) -> _Sent | None:
        return self._awaited.pop(number, None) or self._excused.pop(number, None)

    def _note_returned(self, number: int, time: float, sent_at: float) -> None:
        frames = self.frames
        frames.out_of_order += number < self._highest_returned
        self._highest_returned = max(self._highest_returned, number)
        self._decide(number, Fate.RETURNED)
        frames.returned_numbers.append(number)
        frames.returned_at.append(time)
        frames.round_trips.append(round(time - sent_at, 6))
