"""The calls of the process: which ones are open, and whether there is room for another one."""

from __future__ import annotations

import enum
import itertools
from collections import Counter
from collections.abc import Iterator

from echo_engine.allowance import CallAllowance
from echo_engine.call import Call
from echo_engine.lateness import Lateness
from shared.audio import FRAME_SECONDS
from shared.socket_token import CallIdentity

MAX_SOCKETS = 2  # of one call: a call that moves may have its old socket for a while

LOOKED_AT = 2  # allowances at each new call: more than one, so that they become fewer


class EndReason(enum.Enum):
    """Why a call ended; the values stand in logs and metrics."""

    CLOSED_BY_PEER = "closed_by_peer"
    LOST = "lost"  # the TCP connection went without a close frame
    PROTOCOL_ERROR = "protocol_error"
    RATE_EXCEEDED = "rate_exceeded"
    IDLE = "idle"
    STALLED = "stalled"
    DRAINED = "drained"


class Refusal(enum.Enum):
    """Why no call can begin; the values stand in metrics."""

    DRAINING = "draining"
    FULL = "full"
    LATE = "late"


class Calls:
    """Owns the open calls and the decision to take no more; whoever counts or drains asks it."""

    def __init__(self, max_calls: int, now: float = 0.0, max_late_seconds: float = FRAME_SECONDS) -> None:
        self.max_calls = max_calls
        self.lateness = Lateness(now, max_late_seconds)
        self._open: set[Call] = set()
        self._sockets: Counter[str] = Counter()  # open ones by call_uuid, where tokens tell it
        self._allowances: dict[str, CallAllowance] = {}  # of those calls, until they are full again
        self.draining = False  # True from `drain()` on

    def __len__(self) -> int:
        """Return how many calls are open."""
        return len(self._open)

    def __iter__(self) -> Iterator[Call]:
        """Iterate over the open calls."""
        return iter(self._open)

    @property
    def left(self) -> int:
        """How many calls can begin now."""
        return 0 if self.refusal is not None else self.max_calls - len(self)

    @property
    def refusal(self) -> Refusal | None:
        """Why no call can begin now; None while there is room."""
        if self.draining:
            return Refusal.DRAINING
        if len(self._open) >= self.max_calls:
            return Refusal.FULL
        return Refusal.LATE if self.lateness.refusing else None

    def has_all_sockets(self, identity: CallIdentity) -> bool:
        """Tell whether a call has as many sockets open as one call may have."""
        return self._sockets[identity.call_uuid] >= MAX_SOCKETS

    def begin(self, call: Call, now: float) -> CallAllowance:
        """Take a call in as open; return the allowance for it, which it shares with its other sockets."""
        self._open.add(call)
        if call.identity is None:
            return CallAllowance(now)
        self._forget_full_allowances(now)
        self._sockets[call.identity.call_uuid] += 1
        return self._allowances.setdefault(call.identity.call_uuid, CallAllowance(now))

    def end(self, call: Call) -> None:
        """Let an open call go."""
        self._open.remove(call)
        call.end()
        if call.identity is not None:
            self._sockets[call.identity.call_uuid] -= 1
            if not self._sockets[call.identity.call_uuid]:
                del self._sockets[call.identity.call_uuid]

    def _forget_full_allowances(self, now: float) -> None:
        """Forget the oldest allowances that are full and without a socket."""
        for call_uuid, allowance in list(itertools.islice(self._allowances.items(), LOOKED_AT)):
            if call_uuid in self._sockets or not allowance.full(now):
                self._allowances[call_uuid] = self._allowances.pop(call_uuid)  # to the end: look at others next time
            else:
                del self._allowances[call_uuid]

    def drain(self) -> None:
        """Take no new calls from now on."""
        self.draining = True
