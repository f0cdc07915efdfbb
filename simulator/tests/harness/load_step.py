"""A step of a load that is carried, at each of the limits."""

from __future__ import annotations

from voice_simulator.load.figures import LoadStep

GOOD = LoadStep(
    calls=100,
    frames_sent=50_000,
    frames_lost=0,
    frames_corrupt=0,
    calls_ended=[],
    added_p50_ms=0.5,
    added_p99_ms=20.0,
    added_max_ms=300.0,
    own_late_p99_ms=5.0,
    own_late_max_ms=80.0,
    own_busy=0.95,
    machine_idle=0.0,
)
