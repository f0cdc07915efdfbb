"""The command that checks an application against the platform's rules, and its options."""

from __future__ import annotations

import dataclasses
import datetime
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ..check.finding import Status
from ..check.report import CheckReport, Result
from ..check.reports.junit import as_junit
from ..check.reports.page import as_page
from ..check.reports.terminal import list_of, rules_bar, table
from ..check.rule import Rule, UnknownRuleError, select
from ..check.rules import RULES
from ..check.runner import run_check
from ..event_loop import run
from ..vonage.application import Application
from . import options
from .application_options import takes_application
from .terminal import tell


@takes_application(argument=True)
def check(
    application: Application,
    proxy_reload: Annotated[
        str | None,
        typer.Option(help="A command that reloads the proxy: a socket must outlive it. Not judged without."),
    ] = None,
    only: Annotated[str, typer.Option(help="The rules or groups to judge, by comma.", show_default="all")] = "",
    skip: Annotated[str, typer.Option(help="Rules or groups to leave out, by comma.", show_default="none")] = "",
    show_rules: Annotated[bool, typer.Option("--list", help="List the rules, and exit.")] = False,
    for_machines: Annotated[bool, typer.Option("--json", help="Print JSON on stdout instead of the table.")] = False,
    junit: Annotated[
        Path | None, typer.Option(parser=options.read_output_file, help="A file for the report as JUnit's XML.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(parser=options.read_output_file, help="A file for the report as one HTML page.")
    ] = None,
) -> int:
    """Check an application against Vonage's rules, in two minutes.

    Exit codes: 0 no rule failed, 1 one did, 3 nothing was reached, 64 wrong usage.
    """
    rules = _selected(only, skip)
    if show_rules:
        Console().print(list_of(rules))
        return 0
    with rules_bar(rules) as watch:
        report = run(run_check(application, rules, watch, proxy_reload=proxy_reload))
    _tell(report, for_machines=for_machines)
    _keep(report, junit, html)
    return report.exit_code


def _selected(only: str, skip: str) -> list[Rule]:
    try:
        rules = select(RULES, options.read_names(only), options.read_names(skip))
    except UnknownRuleError as error:
        raise typer.BadParameter(str(error), param_hint="--only or --skip") from error
    if not rules:
        raise typer.BadParameter("no rule is left", param_hint="--only and --skip")
    return rules


def _tell(report: CheckReport, *, for_machines: bool) -> None:
    if for_machines:
        typer.echo(json.dumps(report.as_json(), indent=2))
    elif told := _worth_telling(report):
        Console().print(table(dataclasses.replace(report, results=told)))
    if report.unreached:
        tell(f"error: {report.unreached}", err=True)
    if report.is_doubtful:
        typer.echo(
            f"warning: this machine paused for up to {report.machine_pause:.1f} s, so what failed may be its own"
            " fault; try again when it is idle",
            err=True,
        )
    for result in report.results:
        if result.crash:
            typer.echo(f"error: the rule {result.rule.id} itself is at fault, please report this:", err=True)
            for line in result.crash.splitlines():
                tell(line, err=True)


def _worth_telling(report: CheckReport) -> list[Result]:
    """Return all results; of an application that was not reached, those alone that say why."""
    if not report.unreached:
        return report.results
    return [result for result in report.results if result.finding.status is Status.FAIL]


def _keep(report: CheckReport, junit: Path | None, html: Path | None) -> None:
    if junit is not None:
        junit.write_bytes(as_junit(report))
    if html is not None:
        html.write_text(as_page(report, datetime.datetime.now(datetime.UTC)), encoding="utf-8")
