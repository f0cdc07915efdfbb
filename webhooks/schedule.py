"""The schedule of connects, no faster than the platform opens sockets (platform.md, 2.5)."""

from __future__ import annotations

from bisect import bisect_left
from threading import Lock
from typing import NamedTuple

# The limits of the platform's `wait` (platform.md, 2.4).
SHORTEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.1, 7200.0
# Connects reach the platform some milliseconds early or late. With 5 % more space, any sliding second still has three.
SPACING_SLACK = 1.05
# A duplicate request comes sooner than this. A request whose answer was lost is repeated after 5 s or more
# (platform.md, 6); if its slot has passed by then, the connect needs another.
DUPLICATE_SECONDS = 4.0
MAX_SLOTS = 50_000  # about 15 MB; at 3 connects a second, the longest wait is reached at 21,000
_ROUNDING_SECONDS = 1e-6  # the precision of today's time in a float


class Slot(NamedTuple):
    """The slot of a call."""

    time: float
    after: float  # when the connect that this one follows was due; 0 for the call's first


class Schedule:
    """The times at which connects begin, one slot per call; threads may share a schedule.

    This is soft state: everything that a call needs is in its event URL. A restart forgets the slots of waiting calls.
    Some connects then coincide, the platform refuses them, and each is tried again. When hundreds of calls wait, a few
    may be refused until they are given up (GIVE_UP_SECONDS).

    All times are in seconds since 1970.
    """

    def __init__(self, connects_per_second: float) -> None:
        """Start with every slot free; 0 connects a second turns pacing off."""
        self._spacing = SPACING_SLACK / connects_per_second if connects_per_second else 0.0
        self._lock = Lock()
        self._slots: dict[str, Slot] = {}  # of each call
        self._calls: dict[float, str] = {}  # the call at each taken time
        self._taken: list[float] = []  # sorted
        self._gaps: list[float] = []  # the times in `_taken` after which one more slot fits, sorted

    def __len__(self) -> int:
        """Return how many slots are taken, including those of the last seconds."""
        return len(self._taken)

    def reserve(
        self, call: str, after: float, earliest: float, now: float, longest_wait: float = LONGEST_WAIT_SECONDS
    ) -> float | None:
        """Return the slot of a call's next connect: the first free one from `earliest` on; None if that is too late.

        `after` is when the previous connect was due, 0 for the first. A call has one slot: the same request, or an
        earlier one that arrives late, gets the existing slot; a later one releases it and gets a new one.
        """
        if not self._spacing:
            return earliest
        with self._lock:
            self._forget(now)
            held = self._slots.get(call)
            if held is not None and after <= held.after and held.time > earliest - DUPLICATE_SECONDS:
                return held.time
            if held is not None:
                self._release(call, held, now)
            time = self._first_free(earliest)
            if time > now + longest_wait or len(self._taken) >= MAX_SLOTS:
                return None
            self._take(call, Slot(time, after))
            return time

    def release(self, call: str, now: float) -> None:
        """Free the slot that a call waits for: its caller has hung up."""
        with self._lock:
            held = self._slots.get(call)
            if held is not None:
                self._release(call, held, now)

    @property
    def last_slot(self) -> float:
        """The last taken slot; 0 without one."""
        with self._lock:
            return self._taken[-1] if self._taken else 0.0

    def _first_free(self, earliest: float) -> float:
        time = self._next_free(earliest)
        return time if time == earliest else self._next_free(max(time, earliest + SHORTEST_WAIT_SECONDS))

    def _next_free(self, time: float) -> float:
        index = bisect_left(self._taken, time)
        neighbors = self._taken[max(index - 1, 0) : index + 1]
        if all(abs(time - taken) >= self._spacing - _ROUNDING_SECONDS for taken in neighbors):
            return time
        # There always is a gap: after the last slot at the latest.
        return max(time, self._gaps[bisect_left(self._gaps, time - self._spacing)] + self._spacing)

    def _take(self, call: str, slot: Slot) -> None:
        index = bisect_left(self._taken, slot.time)
        self._taken.insert(index, slot.time)
        self._slots[call], self._calls[slot.time] = slot, call
        self._look_for_gap(index)
        self._look_for_gap(index - 1)

    def _release(self, call: str, slot: Slot, now: float) -> None:
        if slot.time <= now:  # its connect has begun: the next one must keep its distance
            return
        del self._slots[call], self._calls[slot.time]
        index = bisect_left(self._taken, slot.time)
        del self._taken[index]
        self._note_gap(slot.time, there=False)
        self._look_for_gap(index - 1)

    def _look_for_gap(self, index: int) -> None:
        """Note whether one more slot fits between the one at this index and the next."""
        if index < 0:
            return
        time, last = self._taken[index], index + 1 == len(self._taken)
        self._note_gap(time, there=last or self._taken[index + 1] - time >= 2 * self._spacing - _ROUNDING_SECONDS)

    def _note_gap(self, time: float, *, there: bool) -> None:
        place = bisect_left(self._gaps, time)
        noted = self._gaps[place : place + 1] == [time]
        self._gaps[place : place + noted] = [time] if there else []

    def _forget(self, now: float) -> None:
        # The next slot must keep its distance even from a past one.
        over = now - max(DUPLICATE_SECONDS, self._spacing)
        count = bisect_left(self._taken, over)
        for time in self._taken[:count]:
            call = self._calls.pop(time)
            if self._slots[call].time == time:
                del self._slots[call]
        del self._taken[:count]
        del self._gaps[: bisect_left(self._gaps, over)]
