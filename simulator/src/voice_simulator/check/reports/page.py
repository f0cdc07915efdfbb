"""The report as one HTML file that needs nothing else."""

from __future__ import annotations

import datetime
import itertools
import re
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from ...record.foreign_text import visible
from ...version import PROGRAM, VERSION
from ..report import CheckReport
from .terminal import citation


def as_page(report: CheckReport, now: datetime.datetime) -> str:
    """Return an HTML document about a check that ended now."""
    folder = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(
        loader=folder, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"coded": _coded, "visible": visible}
    groups = itertools.groupby(report.results, key=lambda result: result.rule.group)
    return environment.get_template("page.html").render(
        report=report,
        headline=report.headline,
        groups=[(name, list(results)) for name, results in groups],
        citation=citation,
        time=now.strftime("%Y-%m-%d %H:%M UTC"),
        program=PROGRAM,
        version=VERSION,
    )


def _coded(text: str) -> Markup:
    """Return a text as HTML, with code where it has backquotes."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  # it has been escaped
