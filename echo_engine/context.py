"""What the connections of a process share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from echo_engine.admission import Admission
from echo_engine.application import Application
from echo_engine.call import Call
from echo_engine.calls import Calls
from echo_engine.metrics import Metrics
from shared.socket_token import CallIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The owners of state that every connection asks and tells, and the rules that hold for all of them."""

    new_application: Callable[[], Application]
    max_lag: float  # seconds of live audio that may wait at the platform; 0: any
    idle_seconds: float  # after which a peer that sends nothing is given up
    calls: Calls
    admission: Admission
    metrics: Metrics
    clock: Callable[[], float]  # seconds on a steady clock
    bytes_unread: Callable[[asyncio.Transport], int]  # in the kernel
    call_soon: Callable[[Callable[[], None]], object]  # in the loop's next turn

    def new_call(self, now: float, identity: CallIdentity | None) -> Call:
        """Return a call that starts now."""
        return Call(self.new_application, now, identity, max_lag=self.max_lag)
