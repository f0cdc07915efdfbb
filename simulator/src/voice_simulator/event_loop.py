"""The event loop that runs calls, and the signals that end it, on systems with and without uvloop and Unix signals."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Coroutine
from types import FrameType
from typing import TypeVar

END_SECONDS = 0.6  # from a signal to the end of the process, at most

Result = TypeVar("Result")


def run(main: Coroutine[None, None, Result]) -> Result:
    """Run a coroutine in uvloop's event loop, or in asyncio's where uvloop doesn't exist (Windows)."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


def ending_signals() -> asyncio.Event:
    """Return the event that SIGINT and SIGTERM set. The process ends soon after it, whatever still goes on."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()

    # Not the event loop's own handlers: they would wait for whatever keeps the loop busy.
    def end(_number: int, _frame: FrameType | None) -> None:
        late = threading.Timer(END_SECONDS, os._exit, (0,))
        late.daemon = True
        late.start()
        loop.call_soon_threadsafe(ended.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    return ended
