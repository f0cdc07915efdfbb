"""What the main process orders its workers to do, and what they report."""

from __future__ import annotations

from typing import NamedTuple

from .opening import SocketToOpen


class Open(NamedTuple):
    """Open the socket of a call, and let it stream from then on; there is no report."""

    target: SocketToOpen


class Settle(NamedTuple):
    """Report, as Settled, when no socket is on its way to being open any more."""


class Measure(NamedTuple):
    """Measure the frames that are due between two times (perf_counter), and report later, as Measured."""

    begin: float
    end: float


class HangUp(NamedTuple):
    """Hang all calls up, and end; there is no report."""


class Settled(NamedTuple):
    """The calls that are up, and why others are not."""

    calls: int
    refused: list[str]  # sockets that the server did not open
    ended: list[str]  # calls that the server ended
    own_limits: list[str]  # sockets that this machine has not got


class Measured(NamedTuple):
    """What was measured in one process; times are arrays of 32-bit unsigned integers, in microseconds."""

    calls: int  # that were up at the beginning
    sent: int
    corrupt: int
    round_trips: bytes
    late: bytes
    ended: list[str]
    busy: float  # the share of the time in which this process computed


Order = Open | Settle | Measure | HangUp
Report = Settled | Measured
