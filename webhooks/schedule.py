"""The schedule of connects, no faster than the platform opens sockets for an account (platform.md, 2.5)."""

from __future__ import annotations

from bisect import bisect, insort
from threading import Lock

from webhooks.ncco import SHORTEST_WAIT_SECONDS

Key = tuple[str, str]  # the call's uuid, and which of the call's connects is meant

# Connects reach the platform some milliseconds early or late. With 5 % more between them, the fourth still falls
# outside of a second that slides along.
SPACING_SLACK = 1.05
# A duplicate of a request comes sooner than this. An answer that got lost is asked for again after 5 s or more
# (platform.md, 6); if its slot is over by then, the connect needs another.
DUPLICATE_SECONDS = 4.0
_ROUNDING_SECONDS = 1e-6  # a float holds today's time no more exactly


class Schedule:
    """The times at which connects begin, one slot for each; threads may share a schedule.

    This is soft state. A restart that loses it costs the calls that wait their order: the new schedule knows nothing of
    their slots, so some connects meet, the platform refuses them, and each is tried again. What a call needs for that,
    its event URL carries. So the webhooks stay stateless in all that matters. Only where hundreds of calls wait, a few
    may be refused for so long (GIVE_UP_SECONDS) that they are given up.

    All times are in seconds since 1970.
    """

    def __init__(self, connects_per_second: float) -> None:
        """Start with every slot free; with 0 connects a second, nothing is paced."""
        self._spacing = SPACING_SLACK / connects_per_second if connects_per_second else 0.0
        self._lock = Lock()
        self._taken: list[tuple[float, Key]] = []  # sorted
        self._slots: dict[Key, float] = {}

    def reserve(self, key: Key, earliest: float, now: float) -> float:
        """Return the slot of a connect: the first free one from `earliest` on, which may lie before those of others.

        The same key gets the same slot, so that a duplicate of a request takes no second one.
        """
        if not self._spacing:
            return earliest
        with self._lock:
            self._forget(now)
            slot = self._slots.get(key)
            if slot is None or slot <= earliest - DUPLICATE_SECONDS:
                slot = self._first_free(earliest)
                insort(self._taken, (slot, key))
                self._slots[key] = slot
            return slot

    def release(self, call_uuid: str, now: float) -> None:
        """Free the slots that are ahead of a call: nobody is there any more."""
        with self._lock:
            for slot, key in [taken for taken in self._taken if taken[1][0] == call_uuid and taken[0] > now]:
                self._taken.remove((slot, key))
                self._slots.pop(key, None)

    @property
    def last_slot(self) -> float:
        """The last slot that is taken, 0 if none is."""
        with self._lock:
            return self._taken[-1][0] if self._taken else 0.0

    def _first_free(self, earliest: float) -> float:
        slot = self._next_free(earliest)
        return slot if slot == earliest else self._next_free(max(slot, earliest + SHORTEST_WAIT_SECONDS))

    def _next_free(self, slot: float) -> float:
        for index in range(bisect(self._taken, (slot - self._spacing,)), len(self._taken)):
            taken = self._taken[index][0]
            if taken - slot >= self._spacing - _ROUNDING_SECONDS:
                break  # a gap that is wide enough
            slot = max(slot, taken + self._spacing)
        return slot

    def _forget(self, now: float) -> None:
        # A slot that is over still keeps the next one at its distance.
        over = bisect(self._taken, (now - max(DUPLICATE_SECONDS, self._spacing),))
        for slot, key in self._taken[:over]:
            if self._slots.get(key) == slot:
                del self._slots[key]
        del self._taken[:over]
