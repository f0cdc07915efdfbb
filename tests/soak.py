"""Calls without end: what each process takes must not grow. `make soak`, or `make soak MINUTES=5`."""
# ruff: noqa: T201  # it speaks to a person at a terminal

from __future__ import annotations

import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.usage import resident_kb
from local_run.environment import local_environment, unused_ports
from local_run.supervisor import status
from simulator.tests.harness.waiting import wait_until
from tests.harness.forge import SOCKET_SECRET
from tests.harness.gunicorn_server import COMMAND as WEBHOOKS
from tests.harness.local_run import simulate
from tests.harness.process import Process, started

CALLS, SECONDS = 30, 2  # of a round; some three calls a second
REST_SECONDS = 5.0  # after which Caddy has closed its idle connections
WARM_UP = 0.25  # of the time
SHORTEST_MINUTES = 5.0  # Go's heap takes its first minute
MAX_GROWTH, SPARE = 0.02, 2  # Go's runtime may start a thread more; a leak is more than that
# Writes the number of asyncio's tasks into a file on SIGUSR1.
ECHO_ENGINE = """
import asyncio, gc, pathlib, runpy, signal, sys
def count(*_):
    tasks = sum(isinstance(one, asyncio.Task) and not one.done() for one in gc.get_objects())
    pathlib.Path(sys.argv[1]).write_text(str(tasks))
signal.signal(signal.SIGUSR1, count)
runpy.run_module("echo_engine", run_name="__main__")
"""


@dataclass(frozen=True)
class Usage:
    """What the processes of one part of the server take."""

    resident_kb: int
    descriptors: int
    threads: int
    tasks: int = 0  # of asyncio


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: str
    processes: dict[str, Process]
    tasks_file: Path

    def usage(self) -> dict[str, Usage]:
        used = {name: _usage(process.popen.pid) for name, process in self.processes.items()}
        return used | {"echo-engine": replace(used["echo-engine"], tasks=self._tasks())}

    def _tasks(self) -> int:
        self.tasks_file.unlink(missing_ok=True)
        os.kill(self.processes["echo-engine"].popen.pid, signal.SIGUSR1)
        wait_until(
            lambda: self.tasks_file.exists() and bool(self.tasks_file.read_text()), "the engine counts its tasks"
        )
        return int(self.tasks_file.read_text())


def _usage(pid: int) -> Usage:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    pids = [pid, *map(int, children)]
    return Usage(
        resident_kb=sum(map(resident_kb, pids)),
        descriptors=sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids),
        threads=sum(len(os.listdir(f"/proc/{pid}/task")) for pid in pids),
    )


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Start the three processes of the server, the echo engine with a way to ask for its tasks."""
    (port,) = unused_ports(1)
    settings = local_environment({"PORT": port, "LOG_LEVEL": "WARNING", "DRAIN_SECONDS": "0"})
    settings |= {"SOCKET_SECRET": SOCKET_SECRET, "CONNECTS_PER_SECOND": "0", "XDG_DATA_HOME": str(folder)}
    tasks_file = folder / "tasks"
    caddy = [settings["CADDY"], "run", "--config", "Caddyfile", "--adapter", "caddyfile"]
    engine = [sys.executable, "-c", ECHO_ENGINE, str(tasks_file)]
    with (
        started(WEBHOOKS, **settings) as webhooks,
        started(engine, **settings) as echo_engine,
        started(caddy, **settings) as front,
    ):
        processes = {"caddy": front, "webhooks": webhooks, "echo-engine": echo_engine}
        wanted = [(settings[name], "GET", "/readyz") for name in ("WEBHOOKS_PORT", "ECHO_ENGINE_PORT")]
        wanted.append((port, "OPTIONS", "*"))
        wait_until(lambda: all(status(*request) == 200 for request in wanted), "the server is ready")
        yield Server(port, processes, tasks_file)


def place_calls(port: str) -> None:
    """Place calls and check them: by the platform's rules, and each byte of their audio."""
    done = simulate(port, "--calls", str(CALLS), "--seconds", str(SECONDS))
    if done.returncode:
        raise SystemExit(f"calls went wrong: {json.loads(done.stdout)['errors']}")


def soak(minutes: float) -> tuple[int, list[dict[str, Usage]]]:
    """Return how many calls were placed in that time, and what each part took after each round."""
    placed, samples = 0, []
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end:
            place_calls(server.port)
            placed += CALLS
            time.sleep(REST_SECONDS)
            samples.append(server.usage())
    return placed, samples


def medians(samples: list[dict[str, Usage]]) -> Iterator[tuple[str, str, int, int]]:
    """Yield process, what it takes, and the medians of that in the first and in the last third after the warm-up."""
    warm = samples[int(len(samples) * WARM_UP) :]
    third = len(warm) // 3
    for process in warm[0]:
        for what in asdict(warm[0][process]):
            numbers = [getattr(sample[process], what) for sample in warm]
            yield process, what, round(statistics.median(numbers[:third])), round(statistics.median(numbers[-third:]))


def has_grown(first: int, last: int) -> bool:
    """Tell whether a number has grown by more than chance."""
    return last - first > max(first * MAX_GROWTH, SPARE)


def main(minutes: float) -> int:
    """Place calls for so long, and print what the processes take; return 1 if it has grown."""
    if minutes < SHORTEST_MINUTES:
        raise SystemExit(f"MINUTES={minutes:g} is too short to tell; {SHORTEST_MINUTES:g} is the least")
    placed, samples = soak(minutes)
    print(f"{placed} calls in {minutes:g} minutes; medians of the first and the last third, without the warm-up\n")
    print("| process | what | first | last | growth |\n|---|---|---:|---:|---:|")
    grown = False
    for process, what, first, last in medians(samples):
        grown |= has_grown(first, last)
        if first or last:
            print(f"| {process} | {what} | {first} | {last} | {last / max(first, 1) - 1:+.1%} |")
    return int(grown)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
