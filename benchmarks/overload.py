"""A server whose core is shared with four busy loops: what it still echoes, and how old that is when it is heard."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.load import Generator
from benchmarks.peers import Peer, running
from benchmarks.usage import CpuTime, cpu_time, resident_kb
from shared.audio import FRAMES_PER_SECOND

CALLS = (400, 600, 800, 1000)
BUSY_LOOPS = 4
WARM_UP_SECONDS, AFTER_SECONDS = 3.0, 2.0


@dataclass(frozen=True, slots=True)
class Overload:
    """A server that gets a fifth of its core; ages are those of frames when a queue of the platform's plays them."""

    peer: str
    calls: int
    offered_per_second: float
    echoed_per_second: float
    cpu_us: float  # for each frame echoed
    p99_ms: float
    age_p99_ms: float
    age_max_ms: float
    resident_mb: float
    ended: int
    after_percent: float  # echoed, from two seconds after the loops have gone
    after_p99_ms: float


def measure_overload(peer: Peer, core: int, generator: Generator, calls: int, seconds: float) -> Overload:
    """Open calls on a server, start the loops on its core, and return what the server makes of that."""
    with running(peer, core) as (pid, port), contextlib.ExitStack() as loops:
        marks: dict[str, tuple[CpuTime, int]] = {}

        def on_mark(mark: str) -> None:
            marks[mark] = cpu_time(pid), resident_kb(pid)
            if mark == "open":
                loops.enter_context(busy_loops(core))
            if mark == "end":
                loops.close()

        streamed = generator.stream(
            port, calls, FRAMES_PER_SECOND, seconds, on_mark, warm_up=WARM_UP_SECONDS, after=AFTER_SECONDS
        )
    used = marks["end"][0] - marks["begin"][0]
    return Overload(
        peer=peer.name,
        calls=calls,
        offered_per_second=streamed.sent / seconds,
        echoed_per_second=streamed.echoed / seconds,
        cpu_us=(used.user + used.system) / max(streamed.echoed, 1) * 1e6,
        p99_ms=streamed.p99_us / 1000,
        age_p99_ms=streamed.age_p99_us / 1000,
        age_max_ms=streamed.age_max_us / 1000,
        resident_mb=marks["end"][1] / 1024,
        ended=streamed.ended,
        after_percent=100 * streamed.after_echoed / max(streamed.after_sent, 1),
        after_p99_ms=streamed.after_p99_us / 1000,
    )


@contextlib.contextmanager
def busy_loops(core: int) -> Iterator[None]:
    """Keep a core busy."""
    command = ["taskset", "--cpu-list", str(core), sys.executable, "-c", "while True: pass"]
    loops = [subprocess.Popen(command) for _ in range(BUSY_LOOPS)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
