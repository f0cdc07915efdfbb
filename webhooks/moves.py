"""Whether a call whose socket failed or was closed gets another one; all that it takes is in the request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webhooks.event import Event

# platform.md, "When the socket fails or ends".
CLOSED = "disconnected"
NOT_OPENED = ("failed", "unanswered", "timeout", "rejected")
# A socket that was open for longer did not fail at once, and one that failed long ago is no failure in a row: a long
# call may be moved by any number of deploys. The platform tries for 10 s to open a socket, and may report twice.
FAILED_AT_ONCE_SECONDS = {CLOSED: 2.0, **dict.fromkeys(NOT_OPENED, 60.0)}


@dataclass(frozen=True)
class Attempt:
    """A connect of a call, as its `eventUrl` carries it."""

    number: int  # 1, and one more for every failure in a row
    started_at: float  # seconds since 1970

    @property
    def query(self) -> str:
        """The query of the event URL."""
        return f"attempt={self.number}&at={self.started_at:.0f}"


def parse_attempt(query: Mapping[str, str]) -> Attempt | None:
    """Return the attempt that an event is about; None if it came to another URL than the connect's."""
    number, started_at = query.get("attempt", ""), query.get("at", "")
    if not (number.isascii() and number.isdigit() and len(number) < 4):
        return None
    known = started_at.isascii() and started_at.isdigit() and len(started_at) < 12
    return Attempt(int(number), float(started_at) if known else float("inf"))


def needs_socket(event: Event) -> bool:
    """Tell whether an event says that a call has lost its socket, or never got it, with the caller still there."""
    return event.leg == "websocket" and event.status in FAILED_AT_ONCE_SECONDS


def next_attempt(event: Event, failed: Attempt, now: float, max_attempts: int) -> Attempt | None:
    """Return the attempt after a failed one, at a time in seconds since 1970; None if that many failed in a row.

    The answer to a repeated event is the same, so that a duplicate asks for nothing new.
    """
    if now - failed.started_at > FAILED_AT_ONCE_SECONDS[event.status or CLOSED]:
        return Attempt(1, now)
    return Attempt(failed.number + 1, now) if failed.number < max_attempts else None
