"""The progress of a check, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ..report import Result
from ..rule import Rule
from ..runner import Watch

COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), "rules", TimeElapsedColumn())


@contextmanager
def rules_bar(rules: Sequence[Rule]) -> Iterator[Watch]:
    """Draw a bar that counts judged rules, if stderr is a terminal."""
    console = Console(stderr=True)
    # Drawn when it is updated alone: a thread of its own would disturb the cadence of the audio.
    bar = Progress(*COLUMNS, console=console, transient=True, auto_refresh=False, disable=not console.is_terminal)
    longest = max((rule.seconds for rule in rules), default=0.0)
    judged = bar.add_task(f"checking, {longest:.0f} s or more" if longest else "checking", total=len(rules))

    def watch(result: Result) -> None:
        bar.update(judged, advance=1, refresh=True)

    with bar:
        yield watch
