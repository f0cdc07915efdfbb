"""Waiting for what no process announces."""

from __future__ import annotations

import time
from collections.abc import Callable

from simulator.tests.harness.process import DEADLINE

PAUSE_SECONDS = 0.05


def wait_until(condition: Callable[[], bool], what: str, seconds: float = DEADLINE) -> None:
    """Wait until a condition is true; `what` names it in the error."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(PAUSE_SECONDS)
