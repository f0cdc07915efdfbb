"""The moments of a call at which something other than audio happened."""

from __future__ import annotations

import enum
from typing import NamedTuple


class MomentKind(enum.Enum):
    """What happened at a moment."""

    KEY = enum.auto()  # the caller pressed it
    CLEAR = enum.auto()  # the server said it
    STALL_BEGAN = enum.auto()
    STALL_ENDED = enum.auto()
    SOCKET_LOST = enum.auto()
    MOVED = enum.auto()  # the call has another socket


class Moment(NamedTuple):
    """A moment, its time (perf_counter), and the key that was pressed if one was."""

    time: float
    kind: MomentKind
    key: str = ""
