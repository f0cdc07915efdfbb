"""Decides when a call that has lost its socket moves to another one, from the request alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from zlib import crc32

from webhooks.event import CONNECT_REFUSED, Event

# platform.md, 4
OPENING = ("started", "ringing", "answered")
OPENED = "answered"
CLOSED = "disconnected"
NOT_OPENED = ("failed", "unanswered", "timeout", "rejected")
# A socket that closes within so many seconds of its connect has failed. A socket that closes later has worked: the call
# starts afresh, so that any number of deploys may move a long call.
FAILURE_SECONDS = 2.0
# The waits after the first failure in a row, the second and so on; the last one repeats.
WAITS_SECONDS = (0.0, 1.0, 2.0, 4.0, 8.0)
JITTER = 0.25  # of each wait, more or less, so that calls that fail together don't come back together
# The platform tries to open a socket for 10 s. A longer failure is a late report, or two clocks that differ.
MAX_FAILURE_SECONDS = 15.0
MAX_SILENCE_SECONDS = 7200.0  # no call lasts longer (platform.md, 2.3): what an event URL says beyond is made up

_SECONDS = re.compile(r"[0-9]{1,10}(\.[0-9]{1,3})?")
_COUNT = re.compile(r"[0-9]{1,3}")

Seconds = TypeVar("Seconds", float, None)


@dataclass(frozen=True)
class PlannedConnect:
    """One connect of a call; the `eventUrl` carries it, and every event about the socket brings it back."""

    due: float  # when the connect begins, in seconds since 1970
    failures: int = 0  # of the call's sockets before, in a row
    lost: float = 0.0  # seconds without a socket in these failures; waits for a slot don't count
    greeted: float | None = None  # when the greeting began, if nothing else comes before the connect
    key: str | None = None  # of the call, where events may be unsigned (webhooks/event_key.py)
    silent_since: float | None = None  # when the call lost its socket, if this connect is a move

    @property
    def query(self) -> str:
        """The query of the event URL."""
        greeted = "" if self.greeted is None else f"&greeted={self.greeted:.3f}"
        key = "" if self.key is None else f"&key={self.key}"
        silent = "" if self.silent_since is None else f"&silent_since={self.silent_since:.3f}"
        return f"due={self.due:.3f}&failures={self.failures}&lost={self.lost:.1f}{greeted}{key}{silent}"

    @property
    def name(self) -> str:
        """A name that no other connect of the call has."""
        return f"{self.due:.3f}/{self.failures}"


def parse_connect(query: Mapping[str, str], now: float) -> PlannedConnect | None:
    """Return the connect that an event is about; None if the event came to another URL than a connect's.

    A malformed value counts as missing: the connect was due right now, and nothing has failed before.
    """
    if "due" not in query and "attempt" not in query:  # a call that began under version 0.1.0 brings `attempt` and `at`
        return None
    failures = query.get("failures", "")
    return PlannedConnect(
        due=_read_seconds(query.get("due", query.get("at")), now),
        failures=int(failures) if _COUNT.fullmatch(failures) else 0,
        lost=_read_seconds(query.get("lost"), 0.0),
        greeted=_read_seconds(query.get("greeted"), None),
        key=query.get("key"),
        silent_since=_read_seconds(query.get("silent_since"), None),
    )


def greeting_seconds(event: Event, opened: PlannedConnect, now: float) -> float | None:
    """Return how long the greeting took, if an event says that the socket opens right after the greeting."""
    if opened.greeted is None or event.leg != "websocket" or event.kind not in OPENING:
        return None
    return now - opened.greeted


def silence_seconds(event: Event, opened: PlannedConnect, now: float) -> float | None:
    """Return how long a call was without a socket, if an event says that the move to another one is over."""
    if opened.silent_since is None or event.leg != "websocket" or event.kind != OPENED:
        return None
    seconds = now - opened.silent_since
    return seconds if 0 <= seconds <= MAX_SILENCE_SECONDS else None


def needs_socket(event: Event) -> bool:
    """Return whether an event says that a call has lost its socket, or got none, with the caller still there."""
    return event.kind == CONNECT_REFUSED or (event.leg == "websocket" and event.kind in (CLOSED, *NOT_OPENED))


def next_connect(event: Event, ended: PlannedConnect, call_uuid: str, now: float) -> PlannedConnect:
    """Return the connect after the one that an event has ended, due as soon as the wait after a failure allows.

    `now` is in seconds since 1970. A duplicate of the event gets the same failures and the same wait.
    """
    since_due = now - ended.due
    if event.kind == CLOSED and since_due > FAILURE_SECONDS:
        return PlannedConnect(now)
    failures = ended.failures + 1
    wait = _wait_seconds(call_uuid, failures)
    lost = ended.lost + min(max(since_due, 0.0), MAX_FAILURE_SECONDS) + wait
    return PlannedConnect(now + wait, failures, lost)


def _read_seconds(text: str | None, otherwise: Seconds) -> float | Seconds:
    return float(text) if text is not None and _SECONDS.fullmatch(text) else otherwise


def _wait_seconds(call_uuid: str, failures: int) -> float:
    share = crc32(f"{call_uuid} {failures}".encode()) / 2**32  # as good as random, and the same for a duplicate
    return WAITS_SECONDS[min(failures, len(WAITS_SECONDS)) - 1] * (1 - JITTER + 2 * JITTER * share)
