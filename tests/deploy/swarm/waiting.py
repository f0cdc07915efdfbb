"""Waiting for what no process announces."""

from __future__ import annotations

import time
from collections.abc import Callable

LONGEST_SECONDS = 180.0  # an update of a stack's service takes a minute and more
PAUSE_SECONDS = 0.25


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait until a condition is true; `what` names it in the error."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not in {LONGEST_SECONDS:.0f} s: {what}"
        time.sleep(PAUSE_SECONDS)
