"""The command line: `python -m benchmarks` measures the engine beside other echo servers, in one run."""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from benchmarks import report
from benchmarks.front_measures import FrontResult, measure_fronts
from benchmarks.fronts import fronts as all_fronts
from benchmarks.load import Generator, compile_programs
from benchmarks.measures import Streaming, measure_handshakes, measure_memory, measure_streaming
from benchmarks.overload import CALLS, Overload, measure_overload
from benchmarks.peers import Peer, peers
from shared.audio import FRAMES_PER_SECOND

MAX_LATE_MS, ATTEMPTS = 40.0, 3
OVERLOADED = ("echo_engine", "picows")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
progress = Console(stderr=True)


@app.command()
def benchmark(
    calls: Annotated[int, typer.Option(min=1, help="Calls of the load that is the same for all servers.")] = 200,
    seconds: Annotated[float, typer.Option(min=1, help="How long each run is measured.")] = 5.0,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds over all servers; medians are printed.")] = 3,
    many: Annotated[
        list[int] | None, typer.Option(help="Calls of the runs with many; may be repeated.", show_default="1000, 2000")
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Measure these servers beside the floor; by name.")] = None,
    fronts: Annotated[
        Literal["too", "only", "none"], typer.Option(help="Measure Caddy and other fronts before the engine.")
    ] = "too",
    overload: Annotated[
        Literal["too", "only", "none"], typer.Option(help="Measure the engine and picows beside four busy loops.")
    ] = "too",
    picture: Annotated[Path | None, typer.Option(help="Draw the frames echoed there: a PNG file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout instead of the tables.")] = False,
) -> None:
    """Compare echo servers: a C program that does nothing else, the engine, picows, websockets, and the old tutorial's.

    Every call streams 640-byte frames, 50 a second, calls spread over the 20 ms; the server has one core, the load
    generator another. CPU time is the kernel's account of the server's process, divided by the frames echoed; round
    trips end when the generator's kernel has the echo; memory is the growth of the resident set; a handshake is a
    whole call without frames: connect, open, close, disconnect. A run in which the load generator was over 40 ms late
    itself is repeated, at most twice: the machine should have nothing else to do.

    The fronts are Caddy with this project's Caddyfile, plain and with TLS, and those of nginx and HAProxy that are
    installed; the engine has one core, the load generator another, the front both. A whole handshake is a question to
    the answer webhook, its token, and the socket.

    Overload is a fifth of a core: four busy loops run on the server's. The age of a frame is its age when a queue that
    plays one every 20 ms plays it.
    """
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise SystemExit("The benchmarks need two cores: one for the server, one for the load.")
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    with tempfile.TemporaryDirectory() as folder:
        compile_programs(Path(folder))
        servers = [peer for peer in peers(Path(folder)) if peer.name == "C floor" or not only or peer.name in only]
        generator = Generator(Path(folder), cores[-1])
        run = Run(servers, generator, cores[-2])
        if overload != "none":
            run.measure_overload(seconds, rounds)
        if "only" not in (fronts, overload):
            run.measure(calls, many or [1000, 2000], seconds, rounds)
        if fronts != "none" and overload != "only":
            run.fronts = measure_fronts(
                all_fronts(), cores[-2], generator, Path(folder, "front"), calls, rounds, progress.print
            )
    run.tell(as_json=as_json)
    if picture is not None:
        report.plot_goodput(run.overload, picture)


class Run:
    """The measurements of one run, by server."""

    def __init__(self, servers: list[Peer], generator: Generator, core: int) -> None:
        self._servers = servers
        self._generator = generator
        self._core = core
        self.equal: dict[str, list[Streaming]] = {peer.name: [] for peer in servers}
        self.many: dict[int, dict[str, list[Streaming]]] = {}  # by the number of calls first
        self.memory: dict[str, float] = {}  # KB per open call
        self.handshakes: dict[str, float] = {}  # a second
        self.overload: list[Overload] = []
        self.fronts: dict[str, FrontResult] = {}

    def measure(self, calls: int, many: list[int], seconds: float, rounds: int) -> None:
        """Measure everything; a round goes over all servers, so that what disturbs the machine disturbs all."""
        handshakes: dict[str, list[float]] = {peer.name: [] for peer in self._servers}
        self.many = {count: {peer.name: [] for peer in self._servers if count <= peer.max_calls} for count in many}
        for number in range(rounds):
            for peer in self._servers:
                progress.print(f"round {number + 1} of {rounds}: {peer.name}")
                self.equal[peer.name].append(self._stream(peer, calls, seconds))
                handshakes[peer.name].append(measure_handshakes(peer, self._core, self._generator))
                for count in many:
                    if count <= peer.max_calls:
                        self.many[count][peer.name].append(self._stream(peer, count, seconds))
        for peer in self._servers:
            self.handshakes[peer.name] = statistics.median(handshakes[peer.name])
            self.memory[peer.name] = measure_memory(peer, self._core, self._generator)

    def measure_overload(self, seconds: float, rounds: int) -> None:
        """Measure the engine and picows beside busy loops; of the rounds, keep the one with the median echo."""
        for calls in CALLS:
            for peer in self._servers:
                if peer.name not in OVERLOADED:
                    continue
                progress.print(f"{calls} calls beside busy loops: {peer.name}")
                runs = [measure_overload(peer, self._core, self._generator, calls, seconds) for _ in range(rounds)]
                self.overload.append(sorted(runs, key=lambda run: run.echoed_per_second)[len(runs) // 2])

    def _stream(self, peer: Peer, calls: int, seconds: float) -> Streaming:
        """Measure until the generator kept its own time: a run in which it didn't says little of the server."""
        runs: list[Streaming] = []
        while not runs or (runs[-1].latest_send_ms > MAX_LATE_MS and len(runs) < ATTEMPTS):
            runs.append(measure_streaming(peer, self._core, self._generator, calls, seconds, FRAMES_PER_SECOND))
        return min(runs, key=lambda streaming: streaming.latest_send_ms)

    def tell(self, *, as_json: bool) -> None:
        """Print what was measured, as tables or as JSON."""
        if as_json:
            json.dump(self.as_dict(), sys.stdout, indent=1)
            return
        console = Console(width=None if sys.stdout.isatty() else 160)
        if self.memory:
            console.print(report.equal_load(self.equal, self.memory, self.handshakes))
            console.print(report.many_calls(self.many))
        if self.overload:
            console.print(report.overloaded(self.overload))
        if self.fronts:
            console.print(report.through_fronts(self.fronts))

    def as_dict(self) -> dict[str, object]:
        """Return all numbers, as JSON has them."""
        runs = [self.equal, *self.many.values()]
        return {
            "streaming": [asdict(streaming) for rounds in runs for peer in rounds.values() for streaming in peer],
            "kb_per_call": self.memory,
            "handshakes_per_second": self.handshakes,
            "overload": [asdict(run) for run in self.overload],
            "fronts": {name: asdict(result) for name, result in self.fronts.items()},
        }


if __name__ == "__main__":
    app()
