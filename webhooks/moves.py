"""Decides from the request, and nothing else, when a call that lost its socket moves to another one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from webhooks.fields import read_identifier
from webhooks.messages import CONNECT_REFUSED, Event

# platform.md, 4
OPENING = ("started", "ringing", "answered")
OPENED = "answered"
CLOSED = "disconnected"
NOT_OPENED = ("failed", "unanswered", "timeout", "rejected")
# A socket that closes within 2 s of its connect has failed. One that closes later has worked and resets the count, so
# that any number of deploys may move a long call.
FAILURE_SECONDS = 2.0
# The waits after the first failure in a row, the second and so on; the last one repeats.
WAITS_SECONDS = (0.0, 1.0, 2.0, 4.0, 8.0)
JITTER = 0.25  # of each wait, plus or minus, so that calls that fail together don't reconnect together
# The platform tries to open a socket for 10 s. A longer failure means a late report or a clock difference.
MAX_FAILURE_SECONDS = 15.0
# No socket lasts longer than two hours (platform.md, 2.3). Its last event may be repeated, and clocks differ.
MAX_AGE_SECONDS = 7200.0 + 300.0
PROOF_BYTES = 16

_SECONDS = re.compile(r"[0-9]{1,10}(\.[0-9]{1,3})?")
_COUNT = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True)
class PlannedConnect:
    """One connect of a call; the `eventUrl` carries it, and every event about the socket returns it."""

    call_uuid: str
    conversation_uuid: str | None
    due: float  # when the connect begins, in seconds since 1970
    failures: int = 0  # consecutive ones of the call's previous sockets
    lost: float = 0.0  # seconds without a socket in these failures; waits for a slot don't count
    greeted: float | None = None  # when the greeting began, if it is all that comes before the connect
    silent_since: float | None = None  # when the call lost its socket, if this connect is a move

    @property
    def query(self) -> str:
        """The query of the event URL, without its proof."""
        conversation = "" if self.conversation_uuid is None else f"&conversation={self.conversation_uuid}"
        greeted = "" if self.greeted is None else f"&greeted={self.greeted:.3f}"
        silent = "" if self.silent_since is None else f"&silent_since={self.silent_since:.3f}"
        numbers = f"due={self.due:.3f}&failures={self.failures}&lost={self.lost:.1f}{greeted}{silent}"
        return f"{numbers}&call={self.call_uuid}{conversation}"


def parse_connect(query: Mapping[str, str]) -> PlannedConnect | None:
    """Return the connect that an event URL names; None if the query isn't one that `PlannedConnect` makes."""
    call, due, lost = read_identifier(query, "call"), _read_seconds(query, "due"), _read_seconds(query, "lost")
    failures = query.get("failures", "")
    if call is None or due is None or lost is None or not _COUNT.fullmatch(failures):
        return None
    return PlannedConnect(
        call_uuid=call,
        conversation_uuid=read_identifier(query, "conversation"),
        due=due,
        failures=int(failures),
        lost=lost,
        greeted=_read_seconds(query, "greeted"),
        silent_since=_read_seconds(query, "silent_since"),
    )


def call_proof(planned: PlannedConnect, secret: str) -> str:
    """Return our signature over everything that an event URL says about its connect."""
    # The same secret signs the socket tokens. No token begins like this: a token begins with its header.
    digest = hmac.digest(secret.encode(), f"event {planned.query}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:PROOF_BYTES]).rstrip(b"=").decode()


def is_proven(planned: PlannedConnect, proof: str, secrets: Sequence[str]) -> bool:
    """Return whether the proof was made with one of the secrets for this connect."""
    given = proof.encode(errors="replace")
    return any(hmac.compare_digest(given, call_proof(planned, secret).encode()) for secret in secrets)


def greeting_seconds(event: Event, opened: PlannedConnect, now: float) -> float | None:
    """Return how long the greeting took, if an event reports that the socket opens right after it."""
    if opened.greeted is None or event.leg != "websocket" or event.kind not in OPENING:
        return None
    return now - opened.greeted


def silence_seconds(event: Event, opened: PlannedConnect, now: float) -> float | None:
    """Return how long a call was without a socket, if an event reports that its move is complete."""
    if opened.silent_since is None or event.leg != "websocket" or event.kind != OPENED:
        return None
    return max(now - opened.silent_since, 0.0)


def needs_socket(event: Event) -> bool:
    """Return whether an event reports that a call lost its socket or got none while the caller is still there."""
    return event.kind == CONNECT_REFUSED or (event.leg == "websocket" and event.kind in (CLOSED, *NOT_OPENED))


def next_connect(event: Event, ended: PlannedConnect, now: float) -> PlannedConnect:
    """Return the connect after the one that an event ended, due as soon as the wait after a failure allows.

    `now` is in seconds since 1970. A duplicate of the event gets the same count of failures and the same wait.
    """
    since_due = now - ended.due
    if event.kind == CLOSED and since_due > FAILURE_SECONDS:
        return PlannedConnect(ended.call_uuid, ended.conversation_uuid, now, silent_since=now)
    failures = ended.failures + 1
    wait = _wait_seconds(ended.call_uuid, failures)
    return PlannedConnect(
        ended.call_uuid,
        ended.conversation_uuid,
        due=now + wait,
        failures=failures,
        lost=ended.lost + min(max(since_due, 0.0), MAX_FAILURE_SECONDS) + wait,
        silent_since=now if ended.silent_since is None else ended.silent_since,
    )


def _read_seconds(query: Mapping[str, str], name: str) -> float | None:
    text = query.get(name, "")
    return float(text) if _SECONDS.fullmatch(text) else None


def _wait_seconds(call_uuid: str, failures: int) -> float:
    share = crc32(f"{call_uuid} {failures}".encode()) / 2**32  # looks random, and is the same for a duplicate
    return WAITS_SECONDS[min(failures, len(WAITS_SECONDS)) - 1] * (1 - JITTER + 2 * JITTER * share)
