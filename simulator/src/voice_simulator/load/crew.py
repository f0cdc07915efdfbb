"""The processes that carry the calls, as the main process sees them."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter

from .opening import SocketToOpen
from .orders import HangUp, Measure, Measured, Open, Order, Settle, Settled
from .worker import work

END_SECONDS = 5.0
AHEAD_SECONDS = 0.1  # of an order to measure


class WorkerGoneError(Exception):
    """A process of the load has ended by itself; its traceback is on stderr."""


class Crew:
    """Workers that share out the calls: one call after the other."""

    def __init__(self, workers: list[Connection]) -> None:
        self._workers = workers

    def open(self, target: SocketToOpen) -> None:
        self._order(self._workers[target.call % len(self._workers)], Open(target))

    async def settle(self) -> Settled:
        """Return what has become of all sockets, once none is on its way to being open."""
        reports = [report for report in await self._ask(Settle()) if isinstance(report, Settled)]
        return Settled(
            sum(report.calls for report in reports),
            [why for report in reports for why in report.refused],
            [why for report in reports for why in report.ended],
            [why for report in reports for why in report.own_limits],
        )

    async def measure(self, settle_seconds: float, seconds: float) -> list[Measured]:
        """Measure for so long, after some time to settle; return each worker's report."""
        begin = perf_counter() + AHEAD_SECONDS + settle_seconds
        return [report for report in await self._ask(Measure(begin, begin + seconds)) if isinstance(report, Measured)]

    def hang_up(self) -> None:
        for worker in self._workers:
            with contextlib.suppress(OSError):  # it has ended by itself, and has been missed before
                worker.send(HangUp())

    async def _ask(self, order: Order) -> list[object]:
        for worker in self._workers:
            self._order(worker, order)
        return await asyncio.gather(*(asyncio.to_thread(_report_of, worker) for worker in self._workers))

    def _order(self, worker: Connection, order: Order) -> None:
        try:
            worker.send(order)
        except OSError as error:
            raise WorkerGoneError from error


def _report_of(worker: Connection) -> object:
    try:
        return worker.recv()
    except (EOFError, OSError) as error:
        raise WorkerGoneError from error


@contextmanager
def crew(processes: int, ca: Path | None) -> Iterator[Crew]:
    """Start so many workers, and end them in the end; `ca` is a PEM file of an authority to trust as well."""
    context = multiprocessing.get_context("spawn")
    workers, started = [], []
    for number in range(processes):
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(theirs, ca), name=f"load-{number}", daemon=True)
        process.start()
        theirs.close()
        workers.append(ours)
        started.append(process)
    working = Crew(workers)
    try:
        yield working
    finally:
        working.hang_up()
        for process, worker in zip(started, workers, strict=True):
            process.join(END_SECONDS)
            process.kill()
            worker.close()
