"""The event loop that runs calls, and the signals that end it, on systems with and without uvloop and Unix signals."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Coroutine
from typing import TypeVar

END_SECONDS = 0.8  # from a signal to the end of the process, at most

Result = TypeVar("Result")


def run(main: Coroutine[None, None, Result]) -> Result:
    """Run a coroutine in uvloop's event loop, or in asyncio's where uvloop doesn't exist (Windows)."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


def ending_signals() -> asyncio.Event:
    """Return the event that SIGINT and SIGTERM set; without Unix signals Ctrl-C raises KeyboardInterrupt instead.

    The process ends soon after it, whatever still goes on.
    """
    ended, loop = asyncio.Event(), asyncio.get_running_loop()

    def end() -> None:
        ended.set()
        late = threading.Timer(END_SECONDS, os._exit, (0,))
        late.daemon = True
        late.start()

    with contextlib.suppress(NotImplementedError):
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, end)
    return ended
