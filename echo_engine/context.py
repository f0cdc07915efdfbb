"""What the connections of a process share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from echo_engine.admission import Admission
from echo_engine.calls import Calls
from echo_engine.echo_policy import EchoPolicy
from echo_engine.metrics import Metrics
from echo_engine.watchdog import Limits


@dataclass(frozen=True, slots=True)
class Context:
    """The owners of state that every connection asks and tells, and the rules that hold for all of them."""

    policy: EchoPolicy
    limits: Limits
    calls: Calls
    admission: Admission
    metrics: Metrics
    clock: Callable[[], float]  # seconds on a steady clock
    call_soon: Callable[[Callable[[], None]], object]  # in the loop's next turn
