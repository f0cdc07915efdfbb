"""The rules of the echo, the same for all calls of a process."""

from __future__ import annotations

from dataclasses import dataclass, field

from echo_engine.delay_budget import DelayBudget


@dataclass(frozen=True, slots=True)
class EchoPolicy:
    """How a call's audio goes back, and the memory that delays may take."""

    max_lag: float = 0.2  # seconds of audio that may wait at the platform; 0: no bound
    delay_frames: int = 0  # how much later a frame goes back, until a key says otherwise
    delay_budget: DelayBudget = field(default_factory=DelayBudget)
    notify_seconds: float = 0.0  # between two questions how much audio waits at the platform; 0: none
