"""The record of one call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from time import perf_counter
from typing import TypeVar

from .events import Event
from .redaction import redact

Listener = Callable[[Event], None]
E = TypeVar("E", bound=Event)


class Record:
    """Fills while its call runs; `add` is the only way in, and secrets are shortened there."""

    def __init__(self, began_at: float | None = None) -> None:
        """Take when the call begins (perf_counter), by default now."""
        self.events: list[Event] = []
        self._began_at = perf_counter() if began_at is None else began_at
        self._listeners: list[Listener] = []
        self._requests = 0

    @property
    def now(self) -> float:
        """The time on the call's clock."""
        return self.at(perf_counter())

    def at(self, time: float) -> float:
        """Return a time (perf_counter) on the call's clock, to the microsecond."""
        return round(time - self._began_at, 6)

    def add(self, event: Event) -> None:
        """Add an event that happened now, and give it to the listeners."""
        values = {field.name: redact(getattr(event, field.name)) for field in fields(event)}
        event = replace(event, **values)
        self.events.append(event)
        for listener in self._listeners:
            listener(event)

    def listen(self, listener: Listener) -> None:
        """Let a listener have each event from now on, at once."""
        self._listeners.append(listener)

    def new_request_id(self) -> int:
        """Return the id of the next request: they are numbered from 0."""
        self._requests += 1
        return self._requests - 1

    def of(self, kind: type[E]) -> list[E]:
        """Return the events of one kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]
