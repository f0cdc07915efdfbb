"""An event loop whose time is simulated: where everybody waits for a timer, the clock jumps to it.

The servers and clients of such a test run in this loop and nowhere else. Sockets on loopback are real, and so are
threads and processes that the loop waits for: while one of them works, the clock stands still.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")


class Clock:
    """Seconds from the start of the process, as a test has them pass."""

    def __init__(self) -> None:
        self._now = time.monotonic()
        self._day = time.time() - self._now

    def now(self) -> float:
        return self._now

    def time_of_day(self) -> float:
        return self._day + self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds


CLOCK = Clock()


class _Selector(selectors.DefaultSelector):
    """Waits for sockets for no time at all, and has the clock jump over the time that it should have waited."""

    outside = 0  # threads and processes at work

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None or self.outside:
            return super().select(None)
        os.sched_yield()  # for the kernel, to deliver what is on its way through loopback
        if ready := super().select(0):
            return ready
        CLOCK.advance(max(0.0, timeout))
        return []


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop in simulated time."""

    def __init__(self) -> None:
        self._waits = _Selector()
        super().__init__(self._waits)

    def time(self) -> float:
        return CLOCK.now()

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Run a function in a thread; the clock stands still meanwhile."""
        future = super().run_in_executor(executor, func, *args)
        self._waits.outside += 1
        future.add_done_callback(self._came_back)
        return future

    async def subprocess_shell(self, protocol_factory: Callable[[], Any], *args: Any, **kwargs: Any) -> Any:
        """Start a command; the clock stands still until it has ended."""

        def counted() -> Any:
            protocol = protocol_factory()
            exited = protocol.process_exited

            def process_exited() -> None:
                self._came_back()
                exited()

            protocol.process_exited = process_exited
            return protocol

        self._waits.outside += 1
        return await super().subprocess_shell(counted, *args, **kwargs)

    def _came_back(self, *_: object) -> None:
        self._waits.outside -= 1


def install() -> None:
    """Have every clock of this process show the simulated time; call it before the modules that read one."""
    time.monotonic = time.perf_counter = CLOCK.now
    time.time = CLOCK.time_of_day


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in simulated time, as asyncio.run does."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(main)
