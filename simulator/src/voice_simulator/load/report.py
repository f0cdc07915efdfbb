"""The report of a search: a table and sentences for a person, an object for another program."""

from __future__ import annotations

import dataclasses
from typing import Any

from rich import box
from rich.table import Table

from .figures import LoadStep
from .judgement import Judgement, breaches, own_faults
from .search import Found, Search

FULL_MACHINE = 0.05  # less idle time than this
WORDS = {Judgement.CARRIED: "carried", Judgement.TOO_MANY: "too many", Judgement.NOT_JUDGED: "not judged"}
COLORS = {Judgement.CARRIED: "green", Judgement.TOO_MANY: "red", Judgement.NOT_JUDGED: "yellow"}


def steps_table(search: Search) -> Table:
    title = "Added latency (p50, p99, max) and own lateness (p99), in ms"
    table = Table(box=box.ROUNDED, title=title, title_justify="left", title_style="")
    for column in ("calls", "p50", "p99", "max", "lost", "own late", "own CPU"):
        table.add_column(column, justify="right")
    table.add_column("")
    for step, judgement in zip(search.steps, search.judgements, strict=True):
        times = (step.added_p50_ms, step.added_p99_ms, step.added_max_ms, step.own_late_p99_ms)
        p50, p99, most, late = ("none" if each is None else f"{each:.2f}" for each in times)
        judged = f"[{COLORS[judgement]}]{WORDS[judgement]}"
        table.add_row(str(step.calls), p50, p99, most, str(step.frames_lost), late, f"{step.own_busy:.0%}", judged)
    return table


def sentences(search: Search, *, same_machine: bool) -> list[str]:
    """Return what was found, and what to think of it."""
    lines = [_finding(search)]
    if search.base_ms is not None:
        lines.append(f"Added is what is over {search.base_ms:.2f} ms, the least round trip of the first step.")
    full = [step.calls for step in search.steps if step.machine_idle is not None and step.machine_idle < FULL_MACHINE]
    if full and same_machine:
        lines.append(
            f"From {min(full)} calls on this machine's cores were full, and the server shared them with the load:"
            " with the load on another machine the breaking point may be higher."
        )
    return lines


def _finding(search: Search) -> str:
    match search.found:
        case Found.BREAKING_POINT:
            return f"The breaking point: {search.carried} calls are carried; {search.why}."
        case Found.MOST:
            return f"No breaking point: {search.carried} calls are carried, and {search.why}."
        case Found.OWN_LIMIT:
            carried = f"{search.carried} calls are carried, and how many more" if search.carried else "how many calls"
            limit = f"the load's own limit came first: {search.why}"
            return f"No breaking point: {carried} can't be judged from here; {limit}."
        case Found.NOTHING:
            return f"Nothing was measured: {search.why}."


def as_json(search: Search, target: str, *, same_machine: bool) -> dict[str, Any]:
    steps = zip(search.steps, search.judgements, strict=True)
    return {
        "target": target,
        "found": search.found.name.lower(),
        "calls_carried": search.carried,
        "why": search.why,
        "base_ms": search.base_ms,
        "same_machine": same_machine,
        "steps": [_as_json(step, judgement) for step, judgement in steps],
    }


def _as_json(step: LoadStep, judgement: Judgement) -> dict[str, Any]:
    return dataclasses.asdict(step) | {
        "judgement": judgement.name.lower(),
        "breaches": breaches(step),
        "own_faults": own_faults(step),
    }
