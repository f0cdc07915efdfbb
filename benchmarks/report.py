"""The tables that a run prints."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib import pyplot
from rich.table import Table

from benchmarks.front_measures import FrontResult
from benchmarks.measures import Streaming, median
from benchmarks.overload import Overload

CPU_COLUMNS = ("user", "system", "total", "of floor")
ROUND_TRIP_COLUMNS = ("p50 ms", "p99 ms", "max ms", "frames lost", "calls lost")


def equal_load(
    rounds: Mapping[str, Sequence[Streaming]], memory: Mapping[str, float], handshakes: Mapping[str, float]
) -> Table:
    """Return all servers under the same load, medians over the rounds; the first is the floor."""
    floor = next(iter(rounds.values()))
    table = _table(
        f"{floor[0].calls} calls on each server (CPU time in µs per echoed frame)",
        (*CPU_COLUMNS, *ROUND_TRIP_COLUMNS, "KB per call", "handshakes/s"),
    )
    for name, streamings in rounds.items():
        columns = (*_cpu(streamings, floor), *_round_trips(streamings))
        table.add_row(name, *columns, f"{memory[name]:.1f}", f"{handshakes[name]:.0f}")
    return table


def many_calls(runs: Mapping[int, Mapping[str, Sequence[Streaming]]]) -> Table:
    """Return many calls on one core, by their number and the server; the first is the floor."""
    table = _table(
        "Many calls on one core",
        ("calls", *CPU_COLUMNS, "core %", *ROUND_TRIP_COLUMNS, "RSS at 0, MB", "RSS, MB", "generator late, ms"),
    )
    for calls, rounds in runs.items():
        floor = next(iter(rounds.values()))
        for name, streamings in rounds.items():
            memory = (median(streamings, measure) / 1024 for measure in ("resident_before_kb", "resident_kb"))
            table.add_row(
                name,
                str(calls),
                *_cpu(streamings, floor),
                f"{median(streamings, 'busy_percent'):.0f}",
                *_round_trips(streamings),
                *(f"{megabytes:.1f}" for megabytes in memory),
                f"{max(streaming.latest_send_ms for streaming in streamings):.1f}",
            )
    return table


def through_fronts(results: Mapping[str, FrontResult]) -> Table:
    """Return the reverse proxies before the engine, medians over the rounds."""
    calls = next(iter(results.values())).streaming[0].calls
    table = _table(
        f"{calls} calls through a front to one engine (CPU time in µs per echoed frame)",
        ("front", "engine", "p50 ms", "p99 ms", "lost", "KB per call", "calls with p99 < 20 ms", "whole handshakes/s"),
    )
    for name, result in results.items():
        table.add_row(
            name,
            *(f"{result.median(measure):.1f}" for measure in ("front_us", "engine_us")),
            *(f"{result.median(measure):.2f}" for measure in ("p50_ms", "p99_ms")),
            str(sum(streaming.lost for streaming in result.streaming)),
            f"{result.kb_per_call:.1f}",
            str(result.most_calls),
            f"{statistics.median(result.handshakes):.0f}" if result.handshakes else "",
        )
    return table


def overloaded(runs: Sequence[Overload]) -> Table:
    """Return what servers make of calls beside four busy loops on their core."""
    table = _table(
        "Four busy loops on the server's core (frames a second; CPU time in µs per echoed frame)",
        (
            "calls",
            "offered",
            "echoed",
            "%",
            "CPU",
            "p99 ms",
            "age p99",
            "age max",
            "MB",
            "calls lost",
            "after, %",
            "p99",
        ),
    )
    for run in runs:
        table.add_row(
            run.peer,
            str(run.calls),
            f"{run.offered_per_second:.0f}",
            f"{run.echoed_per_second:.0f}",
            f"{100 * run.echoed_per_second / run.offered_per_second:.1f}",
            f"{run.cpu_us:.1f}",
            *(f"{value:.0f}" for value in (run.p99_ms, run.age_p99_ms, run.age_max_ms, run.resident_mb)),
            str(run.ended),
            f"{run.after_percent:.1f}",
            f"{run.after_p99_ms:.0f}",
        )
    return table


def plot_goodput(runs: Sequence[Overload], path: Path) -> None:
    """Draw the frames echoed over the frames offered, a line for each server."""
    figure, axes = pyplot.subplots(figsize=(6.4, 3.6), layout="constrained")
    offered = sorted({run.offered_per_second for run in runs})
    axes.plot(offered, offered, color="0.7", linestyle="--", label="all of them")
    for peer in dict.fromkeys(run.peer for run in runs):
        points = [(run.offered_per_second, run.echoed_per_second) for run in runs if run.peer == peer]
        axes.plot(*zip(*points, strict=True), marker="o", label=peer)
    axes.set(xlabel="frames offered a second", ylabel="frames echoed a second", ylim=(0, None))
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)


def _cpu(streamings: Sequence[Streaming], floor: Sequence[Streaming]) -> list[str]:
    total_us = median(streamings, "total_us")
    microseconds = (median(streamings, "user_us"), median(streamings, "system_us"), total_us)
    return [*(f"{value:.1f}" for value in microseconds), f"{total_us / median(floor, 'total_us'):.2f}"]


def _round_trips(streamings: Sequence[Streaming]) -> list[str]:
    milliseconds = (median(streamings, measure) for measure in ("p50_ms", "p99_ms", "max_ms"))
    lost = (sum(streaming.lost for streaming in streamings), sum(streaming.ended for streaming in streamings))
    return [*(f"{value:.2f}" for value in milliseconds), *map(str, lost)]


def _table(title: str, columns: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("server")
    for column in columns:
        table.add_column(column, justify="right")
    return table
