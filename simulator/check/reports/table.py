"""The report for a person at a terminal: a line for each rule, and what to do about those that don't hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich import box
from rich.markup import escape
from rich.table import Table

from ..finding import Status
from ..rule import GROUPS, Rule
from ..runner import Report, Result
from .headline import headline

STYLES = {Status.PASS: "green", Status.FAIL: "bold red", Status.WARN: "yellow", Status.SKIPPED: "dim"}


def table(report: Report) -> Table:
    """Return the rules group by group."""
    shown = Table(box=box.ROUNDED, title=escape(report.target.answer_url), caption=headline(report))
    shown.add_column("rule", no_wrap=True)
    shown.add_column("", no_wrap=True)
    shown.add_column("what came", overflow="fold")
    for _, results in _grouped(report.results):
        for result in results:
            status = result.finding.status
            shown.add_row(
                f"[{STYLES[status]}]{result.rule.id}", f"[{STYLES[status]}]{status.value}", "\n".join(_lines(result))
            )
        shown.add_section()
    return shown


def _grouped(results: list[Result]) -> Iterator[tuple[str, list[Result]]]:
    for group in GROUPS:
        if own := [result for result in results if result.rule.group == group]:
            yield group, own


def _lines(result: Result) -> Iterator[str]:
    status, rule = result.finding.status, result.rule
    if status in (Status.PASS, Status.SKIPPED):
        yield f"[dim]{escape(result.finding.seen)}"
        return
    yield f"[bold]{escape(rule.title)}[/bold] [dim]({citation(rule)})"
    yield f"[dim]expected[/dim] {escape(result.expected)}"
    yield f"[dim]came[/dim]     {escape(result.finding.seen)}"
    yield f"[dim]to do[/dim]    {escape(rule.fix)}"


def citation(rule: Rule) -> str:
    """Return where the platform's rule is written down."""
    return "docs/platform.md" + f", {rule.section}"


def list_of(rules: Iterable[Rule]) -> Table:
    """Return the rules that there are, for --list."""
    shown = Table(box=box.ROUNDED)
    shown.add_column("rule", no_wrap=True)
    shown.add_column("what must hold")
    shown.add_column("section", no_wrap=True)
    group = ""
    for rule in rules:
        if group and rule.group != group:
            shown.add_section()
        group = rule.group
        shown.add_row(rule.id, escape("\n".join([rule.title, *(need.value for need in rule.needs)])), rule.section)
    return shown
