"""Servers in a thread, in an event loop of their own: for tests without one, and for commands."""

from __future__ import annotations

import asyncio
import functools
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TypeVar

from simulator.tests.harness.process import DEADLINE

T = TypeVar("T")


@contextmanager
def in_thread(servers: AbstractAsyncContextManager[T]) -> Iterator[T]:
    started: queue.Queue[tuple[T, Callable[[], object]] | BaseException] = queue.Queue()

    async def run() -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with servers as given:
                started.put((given, functools.partial(loop.call_soon_threadsafe, ended.set)))
                await ended.wait()
        except BaseException as error:
            started.put(error)
            raise

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    outcome = started.get(timeout=DEADLINE)
    if isinstance(outcome, BaseException):
        raise outcome
    given, end = outcome
    try:
        yield given
    finally:
        end()
        thread.join(DEADLINE)
        assert not thread.is_alive(), "the servers have not ended"
