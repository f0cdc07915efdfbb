"""The progress of a run: a bar for a person at a terminal, or a line for another program."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ..audio.format import FRAMES_PER_SECOND
from ..call.calls import Watch
from ..call.plan import CallPlan
from ..call.result import CallResult

COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), "frames", TimeElapsedColumn())


@contextmanager
def frames_bar(plan: CallPlan) -> Iterator[Watch]:
    """Draw a bar that counts spoken frames, if stderr is a terminal."""
    console = Console(stderr=True)
    # The bar is drawn only when it is updated: a drawing thread of its own would hold up the calls.
    bar = Progress(*COLUMNS, console=console, transient=True, auto_refresh=False, disable=not console.is_terminal)
    frames = bar.add_task("calling", total=plan.calls * round(plan.script.seconds * FRAMES_PER_SECOND))
    with bar:
        yield lambda results: bar.update(
            frames, completed=sum(each.record.frames.spoken for each in results), refresh=True
        )


class UpLine:
    """Prints one line on stderr as soon as all calls are up: each has got its first frame back, at whatever time.

    Calls open one by one where the account has a limit, so the first may have ended when the last comes up.
    """

    def __init__(self) -> None:
        self._printed = False

    def __call__(self, results: Sequence[CallResult]) -> None:
        """Look at the unfinished results, and print the line if it is time."""
        if not self._printed and all(result.record.frames.returned for result in results):
            self._printed = True
            sys.stderr.write("the call is up\n" if len(results) == 1 else f"all {len(results)} calls are up\n")
