"""Simulated time: where everybody waits for a timer, the clock jumps to it, and a call of a minute takes no second.

The servers and the clients of such a test run in one event loop. Sockets on loopback are real; so are the threads and
commands that the loop waits for, and while one of them works the clock stands still.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

import pytest

T = TypeVar("T")
CLOCKS = ("perf_counter", "monotonic")  # as modules import them from `time`
PACKAGES = ("voice_simulator", "simulator.tests")  # whose modules read the simulated clock
START = 1000.0  # seconds
ROUNDING = 1e-9  # so that the clock never shows less than what was waited for


class _Selector(selectors.DefaultSelector):
    """Waits for sockets for no time at all, and has the clock jump over the time that it should have waited."""

    now = START
    outside = 0  # threads and commands at work

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None or self.outside:
            return super().select(None)
        os.sched_yield()  # for the kernel, to deliver what is on its way through loopback
        if not (ready := super().select(0)):
            self.now += max(0.0, timeout) + ROUNDING
        return ready


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop in simulated time."""

    def __init__(self) -> None:
        self._waiting = _Selector()
        self._shown = pytest.MonkeyPatch()
        super().__init__(self._waiting)
        show_time_of(self, self._shown)

    def close(self) -> None:
        self._shown.undo()
        super().close()

    def time(self) -> float:
        return self._waiting.now

    def jump(self, seconds: float) -> None:
        self._waiting.now += seconds

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Run a function in a thread; the clock stands still meanwhile."""
        future = super().run_in_executor(executor, func, *args)
        self._waiting.outside += 1
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

        self._waiting.outside += 1
        return await super().subprocess_shell(counted, *args, **kwargs)

    def _came_back(self, *_: object) -> None:
        self._waiting.outside -= 1


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in simulated time, as asyncio.run does."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(main)


def stand_still(seconds: float) -> None:
    """Have time pass while nothing runs in this process, as when it is stopped."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SimulatedLoop)
    loop.jump(seconds)


def show_time_of(loop: asyncio.AbstractEventLoop, patch: pytest.MonkeyPatch) -> None:
    """Have the clocks of the simulator's modules show a loop's time."""
    for name, module in list(sys.modules.items()):
        if name.startswith(PACKAGES):
            for clock in CLOCKS:
                if hasattr(module, clock):
                    patch.setattr(module, clock, loop.time)
