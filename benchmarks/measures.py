"""What is measured of a server, and how: the load's round trips beside the kernel's account of the server."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.load import Generator
from benchmarks.peers import Peer, running
from benchmarks.usage import CpuTime, cpu_time, resident_kb

HANDSHAKES_AT_ONCE = 64
HANDSHAKE_SECONDS = 3.0
MEMORY_CALLS, MEMORY_FRAMES_PER_SECOND, MEMORY_SECONDS = 1000, 1, 3.0  # a load that all servers can carry


@dataclass(frozen=True, slots=True)
class Streaming:
    """A server under calls that stream: CPU time per echoed frame in microseconds, memory in KB of 1024 bytes."""

    peer: str
    calls: int
    user_us: float
    system_us: float
    busy_percent: float  # of the server's core
    p50_ms: float
    p99_ms: float
    max_ms: float
    sent: int
    lost: int
    corrupt: int
    ended: int  # calls that the server cut, or that took no more bytes
    latest_send_ms: float  # the generator's own delay, at worst
    resident_before_kb: int
    resident_kb: int

    @property
    def total_us(self) -> float:
        """User and system time."""
        return self.user_us + self.system_us

    @property
    def kb_per_call(self) -> float:
        """What an open call adds to the resident set; the kernel's socket buffers are not in it."""
        return (self.resident_kb - self.resident_before_kb) / self.calls


def measure_streaming(
    peer: Peer, core: int, generator: Generator, calls: int, seconds: float, frames_per_second: float
) -> Streaming:
    """Start a server, stream to it, and return what it took; `seconds` are measured, after one of warming up."""
    with running(peer, core) as (pid, port):
        before_kb = resident_kb(pid)
        marks: dict[str, tuple[CpuTime, int]] = {}

        def on_mark(mark: str) -> None:
            marks[mark] = cpu_time(pid), resident_kb(pid)

        streamed = generator.stream(port, calls, frames_per_second, seconds, on_mark)
    used = marks["end"][0] - marks["begin"][0]
    frames = max(streamed.echoed, 1)
    return Streaming(
        peer=peer.name,
        calls=calls,
        user_us=used.user / frames * 1e6,
        system_us=used.system / frames * 1e6,
        busy_percent=(used.user + used.system) / seconds * 100,
        p50_ms=streamed.p50_us / 1000,
        p99_ms=streamed.p99_us / 1000,
        max_ms=streamed.max_us / 1000,
        sent=streamed.sent,
        lost=streamed.lost,
        corrupt=streamed.corrupt,
        ended=streamed.ended,
        latest_send_ms=streamed.latest_send_us / 1000,
        resident_before_kb=before_kb,
        resident_kb=marks["end"][1],
    )


def measure_memory(peer: Peer, core: int, generator: Generator) -> float:
    """Return the KB that an open call adds to a server's resident set."""
    streaming = measure_streaming(
        peer, core, generator, MEMORY_CALLS, MEMORY_SECONDS, frames_per_second=MEMORY_FRAMES_PER_SECOND
    )
    return streaming.kb_per_call


def measure_handshakes(peer: Peer, core: int, generator: Generator) -> float:
    """Return how many calls a server opens and closes in a second."""
    with running(peer, core) as (_, port):
        return generator.handshakes_per_second(port, HANDSHAKES_AT_ONCE, HANDSHAKE_SECONDS)


def median(rounds: Sequence[Streaming], measure: str) -> float:
    """Return the median of a measure over the rounds of one server."""
    return statistics.median(float(getattr(streaming, measure)) for streaming in rounds)
