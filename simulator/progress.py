"""What a run tells while it goes on: a bar for people at a terminal, or a line for another program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from shared.audio import FRAMES_PER_SECOND
from simulator.call_plan import CallPlan
from simulator.call_result import CallResult
from simulator.calls import Watch

COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), "frames", TimeElapsedColumn())


@contextmanager
def frames_bar(plan: CallPlan) -> Iterator[Watch]:
    """Draw a bar that counts frames, if stderr is a terminal."""
    console = Console(stderr=True)
    # It is drawn only on its updates: a drawing thread of its own would hold up the calls.
    bar = Progress(*COLUMNS, console=console, transient=True, auto_refresh=False, disable=not console.is_terminal)
    frames = bar.add_task("calling", total=plan.calls * round(plan.seconds * FRAMES_PER_SECOND))
    with bar:
        yield lambda results: bar.update(frames, completed=sum(r.check.frames_spoken for r in results), refresh=True)


class UpLine:
    """Prints one line on stderr as soon as all calls are up: each has got its first frame back."""

    def __init__(self) -> None:
        self._printed = False

    def __call__(self, results: Sequence[CallResult]) -> None:
        """Look at the unfinished results."""
        if not self._printed and all(result.check.frames_returned for result in results):
            self._printed = True
            typer.echo(f"all {len(results)} calls are up", err=True)
