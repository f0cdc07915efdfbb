"""Decides whether a call that has lost its socket moves to another one, from the request alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webhooks.event import Event

# docs/platform.md, 4
CLOSED = "disconnected"
NOT_OPENED = ("failed", "unanswered", "timeout", "rejected")
# A socket that is lost within so many seconds of its connect has failed. A socket that is lost later has worked: the
# count of failures in a row starts again, so that any number of deploys may move a long call. The longer time is for
# sockets that never opened: the platform tries for 10 s, and may report twice.
FAILURE_SECONDS = {CLOSED: 2.0, **dict.fromkeys(NOT_OPENED, 60.0)}


@dataclass(frozen=True)
class Attempt:
    """One try at connecting a call to a socket; the `eventUrl` of the connect carries it."""

    number: int  # 1, and one more for every failure in a row
    started_at: float  # seconds since 1970

    @property
    def query(self) -> str:
        """The query of the event URL."""
        return f"attempt={self.number}&at={self.started_at:.0f}"


def parse_attempt(query: Mapping[str, str]) -> Attempt | None:
    """Return the attempt that an event is about; None if the event came to another URL than the connect's."""
    number, started_at = query.get("attempt", ""), query.get("at", "")
    if not (number.isascii() and number.isdigit() and len(number) < 4):
        return None
    known = started_at.isascii() and started_at.isdigit() and len(started_at) < 12
    return Attempt(int(number), float(started_at) if known else float("inf"))  # an unknown time counts as recent


def needs_socket(event: Event) -> bool:
    """Return whether an event says that a call has lost its socket, or got none, with the caller still there."""
    return event.leg == "websocket" and event.kind in FAILURE_SECONDS


def next_attempt(event: Event, failed: Attempt, now: float, max_attempts: int) -> Attempt | None:
    """Return the attempt after the failed one, or None after `max_attempts` failures in a row.

    `now` is in seconds since 1970. A repeated event gets the same number: a duplicate is no further failure.
    """
    if now - failed.started_at > FAILURE_SECONDS[event.kind]:
        return Attempt(1, now)
    return Attempt(failed.number + 1, now) if failed.number < max_attempts else None
