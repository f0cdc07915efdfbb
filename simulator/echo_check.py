"""Compares what comes back with what was sent, frame by frame and byte by byte."""

from __future__ import annotations

from array import array

from simulator.frame_mark import FrameMark, read_mark


class EchoCheck:
    """The books of one call: frames sent, returned, lost, corrupted, and how long each was on its way.

    Every frame carries its mark (see frame_mark). Times are in seconds on any one steady clock.
    """

    def __init__(self, call_index: int) -> None:
        self.call_index = call_index
        self.frames_sent = 0
        self.frames_corrupted = 0  # the mark is one still awaited, the other bytes are not what was sent
        self.frames_out_of_order = 0  # came back intact, but behind a later one
        self.frames_duplicated = 0  # came back once more
        self.frames_foreign = 0  # the mark was never sent on this call: another call's frame, or a broken mark
        self.returned_numbers = array("I")  # of the intact frames, in order of arrival
        self.round_trips = array("d")  # theirs, in seconds
        self._awaited: dict[int, tuple[bytes, float]] = {}
        self._highest_returned = -1

    @property
    def frames_returned(self) -> int:
        """Frames that came back intact."""
        return len(self.round_trips)

    @property
    def frames_lost(self) -> int:
        """Frames that have not come back, neither intact nor corrupted."""
        return len(self._awaited)

    @property
    def counts(self) -> dict[str, int]:
        """The books' totals by name; `sent` = `returned` + `lost` + `corrupted`."""
        return {
            "sent": self.frames_sent,
            "returned": self.frames_returned,
            "lost": self.frames_lost,
            "out_of_order": self.frames_out_of_order,
            "corrupted": self.frames_corrupted,
            "duplicated": self.frames_duplicated,
            "foreign": self.frames_foreign,
        }

    @property
    def fault(self) -> str:
        """What is wrong with the echo, in words; empty if every frame came back once, whole and in order."""
        wrong = {name: count for name, count in self.counts.items() if count and name not in ("sent", "returned")}
        words = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in wrong.items())
        return f"of {self.frames_sent} frames sent: {words}" if words else ""

    def send(self, frame: bytes, time: float) -> None:
        """Note a frame as sent; frames are numbered from 0 without a gap, as their marks say."""
        self._awaited[self.frames_sent] = (frame, time)
        self.frames_sent += 1

    def receive(self, frame: bytes, time: float) -> None:
        """Judge a frame that came back; it has the size of a frame."""
        mark = read_mark(frame)
        if mark.call_index != self.call_index or mark.number >= self.frames_sent:
            self.frames_foreign += 1
            return
        awaited = self._awaited.pop(mark.number, None)
        if awaited is None:
            self.frames_duplicated += 1
        elif awaited[0] != frame:
            self.frames_corrupted += 1
        else:
            self._note_returned(mark, time - awaited[1])

    def _note_returned(self, mark: FrameMark, round_trip: float) -> None:
        if mark.number < self._highest_returned:
            self.frames_out_of_order += 1
        self._highest_returned = max(self._highest_returned, mark.number)
        self.returned_numbers.append(mark.number)
        self.round_trips.append(round_trip)
