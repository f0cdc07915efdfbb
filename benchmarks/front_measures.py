"""What is measured of a front and the engine behind it, with both cores for the front, the engine and the load."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fronts import Front, running_front
from benchmarks.load import Generator, Streamed
from benchmarks.measures import HANDSHAKE_SECONDS, MEMORY_CALLS, MEMORY_FRAMES_PER_SECOND, MEMORY_SECONDS
from benchmarks.usage import CpuTime, cpu_time, process_tree, resident_kb
from shared.audio import FRAMES_PER_SECOND

QUESTIONS_AT_ONCE = 8
SLOW_MS = 20.0  # of the round trips' 99th percentile: one frame
STEP = 100  # calls
MOST_CALLS = 2000


@dataclass(frozen=True, slots=True)
class FrontStreaming:
    """A front under calls that stream: CPU time per echoed frame in microseconds, of all its processes."""

    calls: int
    front_us: float
    engine_us: float
    p50_ms: float
    p99_ms: float
    lost: int
    latest_send_ms: float  # the generator's own delay, at worst
    front_kb_per_call: float  # what an open call adds to the resident set, the kernel's buffers not among it

    @property
    def fails(self) -> bool:
        """Whether a caller could notice."""
        return self.lost > 0 or self.p99_ms >= SLOW_MS


@dataclass(slots=True)
class FrontResult:
    """What was measured of one front."""

    streaming: list[FrontStreaming] = field(default_factory=list)  # of each round, all with the same calls
    handshakes: list[float] = field(default_factory=list)  # a second, of each round; none with TLS
    kb_per_call: float = 0.0  # set in the end
    most_calls: int = 0  # set in the end

    def median(self, measure: str) -> float:
        """Return the median of a measure of the streaming over the rounds."""
        return statistics.median(float(getattr(streaming, measure)) for streaming in self.streaming)


def measure_fronts(
    fronts: list[Front],
    core: int,
    generator: Generator,
    folder: Path,
    calls: int,
    rounds: int,
    say: Callable[[str], None],
) -> dict[str, FrontResult]:
    """Measure all fronts; a round goes over all of them, so that what disturbs the machine disturbs all."""
    results = {front.name: FrontResult() for front in fronts}
    for number in range(rounds):
        for front in fronts:
            say(f"round {number + 1} of {rounds}: {front.name}")
            result = results[front.name]
            result.streaming.append(measure_front(front, core, generator, folder, calls))
            if not front.tls:  # the program that shakes hands speaks none
                result.handshakes.append(measure_whole_handshakes(front, core, generator, folder))
    for front in fronts:
        say(f"how many calls: {front.name}")
        results[front.name].kb_per_call = measure_front_memory(front, core, generator, folder)
        results[front.name].most_calls = find_capacity(front, core, generator, folder, begin=2 * STEP)
    return results


def measure_front(front: Front, core: int, generator: Generator, folder: Path, calls: int) -> FrontStreaming:
    """Stream some calls at the pace of calls for some seconds."""
    return _stream(front, core, generator, folder, calls, 4.0, FRAMES_PER_SECOND)


def measure_front_memory(front: Front, core: int, generator: Generator, folder: Path) -> float:
    """Return the KB that an open call adds to the front's resident set."""
    streaming = _stream(
        front, core, generator, folder, MEMORY_CALLS, MEMORY_SECONDS, frames_per_second=MEMORY_FRAMES_PER_SECOND
    )
    return streaming.front_kb_per_call


def find_capacity(front: Front, core: int, generator: Generator, folder: Path, begin: int) -> int:
    """Return the greatest number of calls, in steps from the first, that no caller would notice."""
    calls = begin
    while calls <= MOST_CALLS:
        if all(measure_front(front, core, generator, folder, calls).fails for _ in range(2)):  # one may be the machine
            break
        calls += STEP
    return calls - STEP


def measure_whole_handshakes(front: Front, core: int, generator: Generator, folder: Path) -> float:
    """Return how many calls a second are answered, given a token, connected and closed."""
    with running_front(front, core, folder, webhooks=True) as running:
        return generator.handshakes_per_second(running.port, QUESTIONS_AT_ONCE, HANDSHAKE_SECONDS, asks=True)


def _stream(
    front: Front,
    core: int,
    generator: Generator,
    folder: Path,
    calls: int,
    seconds: float,
    frames_per_second: float,
) -> FrontStreaming:
    with running_front(front, core, folder) as running:
        before_kb = _resident_kb(running.front)
        marks: dict[str, tuple[CpuTime, CpuTime, int]] = {}

        def on_mark(mark: str) -> None:
            marks[mark] = _cpu_time(running.front), cpu_time(running.engine), _resident_kb(running.front)

        streamed = generator.stream(running.port, calls, frames_per_second, seconds, on_mark, tls=front.tls)
    (front_begin, engine_begin, _), (front_end, engine_end, kb) = marks["begin"], marks["end"]
    return FrontStreaming(
        calls,
        _microseconds(front_end - front_begin, streamed),
        _microseconds(engine_end - engine_begin, streamed),
        streamed.p50_us / 1000,
        streamed.p99_us / 1000,
        streamed.lost + streamed.ended,
        streamed.latest_send_us / 1000,
        (kb - before_kb) / calls,
    )


def _microseconds(used: CpuTime, streamed: Streamed) -> float:
    return (used.user + used.system) / max(streamed.echoed, 1) * 1e6


def _cpu_time(pid: int) -> CpuTime:
    times = [cpu_time(each) for each in process_tree(pid)]
    return CpuTime(sum(time.user for time in times), sum(time.system for time in times))


def _resident_kb(pid: int) -> int:
    return sum(resident_kb(each) for each in process_tree(pid))
