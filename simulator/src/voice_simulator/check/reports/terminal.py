"""A check for a person at a terminal: its progress, a line for each rule, and what to do about those that fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich import box
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.rule import Rule as HorizontalLine
from rich.table import Table
from rich.text import Text

from ...record.foreign_text import visible
from ..finding import Status
from ..report import CheckReport, Result
from ..rule import GROUPS, Rule
from ..runner import Watch

COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), "rules", TimeElapsedColumn())
STYLES = {Status.PASS: "green", Status.FAIL: "bold red", Status.WARN: "yellow", Status.SKIPPED: "dim"}


def table(report: CheckReport) -> Group:
    """Return the rules group by group, then what to do about those that don't hold, and the sum of them."""
    parts: list[RenderableType] = [Text(report.application.answer_url, style="bold")]
    for group in GROUPS:
        if results := [result for result in report.results if result.rule.group == group]:
            parts += [HorizontalLine(group, style="dim", align="left"), _rows(results, _line_of)]
    if wrong := [result for result in report.results if result.finding.status in (Status.FAIL, Status.WARN)]:
        parts += [HorizontalLine("what to do", align="left"), _rows(wrong, _advice_of)]
    return Group(*parts, HorizontalLine(style="dim"), Text(report.headline, style="bold"))


def _rows(results: list[Result], shown: Callable[[Result], RenderableType]) -> Table:
    rows = Table.grid(padding=(0, 2, 0, 0), expand=True)
    rows.add_column(no_wrap=True)
    rows.add_column(ratio=1, overflow="fold")
    for result in results:
        status = result.finding.status
        rows.add_row(Text(status.value, style=STYLES[status]), shown(result))
    return rows


def _line_of(result: Result) -> RenderableType:
    holds = result.finding.status in (Status.PASS, Status.SKIPPED)
    return f"{result.rule.id}: [dim]{escape(visible(result.finding.seen) if holds else result.rule.title)}"


def _advice_of(result: Result) -> RenderableType:
    finding, rule = result.finding, result.rule
    details = Table.grid(padding=(0, 2, 0, 0))
    details.add_column(style="dim", no_wrap=True)
    details.add_column(overflow="fold")
    if finding.expected:
        details.add_row("  expected", escape(visible(finding.expected)))
    details.add_row("  came", escape(visible(finding.seen)))
    details.add_row("  to do", f"{escape(rule.fix)} [dim]({citation(rule)})")
    return Group(f"[bold]{rule.id}: {escape(rule.title)}", details)


def citation(rule: Rule) -> str:
    return f"platform.md, {rule.section}"


def list_of(rules: Iterable[Rule]) -> Table:
    shown = Table(box=box.ROUNDED)
    shown.add_column("rule", no_wrap=True)
    shown.add_column("what must hold")
    shown.add_column("section", no_wrap=True)
    group = ""
    for rule in rules:
        if group and rule.group != group:
            shown.add_section()
        group = rule.group
        needs = [f"[dim]{need.value}" for need in rule.needs]
        shown.add_row(rule.id, "\n".join([escape(rule.title), *needs]), rule.section)
    return shown


@contextmanager
def rules_bar(rules: Sequence[Rule]) -> Iterator[Watch]:
    """Draw a bar that counts judged rules, if stderr is a terminal."""
    console = Console(stderr=True)
    # Drawn only when it is updated: a thread of its own would disturb the cadence of the audio.
    bar = Progress(*COLUMNS, console=console, transient=True, auto_refresh=False, disable=not console.is_terminal)
    longest = max((rule.seconds for rule in rules), default=0.0)
    judged = bar.add_task(f"checking, {longest:.0f} s or more" if longest else "checking", total=len(rules))

    def watch(result: Result) -> None:
        bar.update(judged, advance=1, refresh=True)

    with bar:
        yield watch
