"""The event loop that runs calls, and the signals that end it, on systems with and without uvloop and Unix signals."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import TypeVar

Result = TypeVar("Result")


def run(main: Coroutine[None, None, Result]) -> Result:
    """Run a coroutine in uvloop's event loop, or in asyncio's where uvloop doesn't exist (Windows)."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


def ending_signals() -> asyncio.Event:
    """Return the event that SIGINT and SIGTERM set; without Unix signals Ctrl-C raises KeyboardInterrupt instead."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ended.set)
    return ended
