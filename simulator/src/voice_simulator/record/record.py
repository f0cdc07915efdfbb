"""The record of one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from time import perf_counter
from typing import TypeVar

from .events import CallAnswered, CallPlanned, Event
from .frames import Frames
from .redaction import redact

MOST_BYTES = 16 << 20  # of what an application sends, as it takes room here; the record and its readers copy it
MESSAGE_BYTES, VALUE_BYTES = 200, 64  # that each message takes besides its own, and each value of JSON

Listener = Callable[[Event], None]
E = TypeVar("E", bound=Event)


class Room:
    """The memory that what an application sends may take in a call, which may share it with others."""

    def __init__(self, shared: Room | None = None) -> None:
        self._taken = 0
        self._shared = shared

    def take(self, message: bytes, most: int = MOST_BYTES) -> bool:
        """Take room for a message; return whether there was enough, and no more was taken than `most`."""
        needed = MESSAGE_BYTES + len(message) + VALUE_BYTES * sum(map(message.count, (b",", b"[", b"{")))
        if self._taken + needed > most or (self._shared and not self._shared.take(message)):
            return False
        self._taken += needed
        return True

    def give_back(self) -> None:
        """Give back to the others what the call took, as its record is gone."""
        if self._shared is not None:
            self._shared._taken -= self._taken


class Record:
    """Fills while its call runs; `add` is the only way in, and secrets are shortened there."""

    def __init__(self, began_at: float | None = None, room: Room | None = None) -> None:
        """Take when the call begins (perf_counter), by default now."""
        self.room = room or Room()
        self.events: list[Event] = []
        self.frames = Frames()
        self._began_at = perf_counter() if began_at is None else began_at
        self._listeners: list[Listener] = []
        self._requests = 0

    @classmethod
    def read(cls, events: Sequence[Event], frames: Frames) -> Record:
        """Return the record of a call that is over, from what was written of it."""
        record = cls()
        record.events, record.frames = list(events), frames
        return record

    @property
    def now(self) -> float:
        return self.at(perf_counter())

    def at(self, time: float) -> float:
        """Return a time (perf_counter) on the call's clock, to the microsecond."""
        return round(time - self._began_at, 6)

    def add(self, event: Event) -> None:
        """Add an event that happened now, and give it to the listeners."""
        if not isinstance(event, CallPlanned):  # it holds nothing that came from elsewhere
            event = replace(event, **{field.name: redact(getattr(event, field.name)) for field in fields(event)})
        self.events.append(event)
        for listener in self._listeners:
            listener(event)

    def listen(self, listener: Listener) -> None:
        """Let a listener have each event from now on, at once."""
        self._listeners.append(listener)

    def new_request_id(self) -> int:
        """Return the id of the next request: they are numbered from 0."""
        self._requests += 1
        return self.last_request_id

    @property
    def last_request_id(self) -> int:
        return self._requests - 1

    @property
    def plan(self) -> CallPlanned:
        return next(iter(self.of(CallPlanned)), CallPlanned(0.0))

    @property
    def speech_at(self) -> float:
        """When the caller began to speak; if that never came, when the call was answered, or began."""
        if self.frames.first_at is not None:
            return self.frames.first_at
        return next((event.at for event in self.of(CallAnswered)), 0.0)

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]
