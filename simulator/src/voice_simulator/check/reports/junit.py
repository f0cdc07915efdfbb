"""The report as a JUnit file, which most systems of continuous integration show."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

from ...record.foreign_text import visible
from ..finding import Status
from ..report import CheckReport, Result
from .terminal import citation


def as_junit(report: CheckReport) -> bytes:
    """Return an XML document: a suite for each group, a case for each rule; a warning is a passed case with a text."""
    suites = ElementTree.Element("testsuites", {"name": _text(report.application.answer_url)} | _counts(report.results))
    for group, results in itertools.groupby(report.results, key=lambda result: result.rule.group):
        own = list(results)
        suite = ElementTree.SubElement(suites, "testsuite", {"name": group, "errors": "0"} | _counts(own))
        for result in own:
            _add_case(suite, result)
    ElementTree.indent(suites)
    document: bytes = ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True)
    return document


def _counts(results: list[Result]) -> dict[str, str]:
    statuses = [result.finding.status for result in results]
    return {
        "tests": str(len(results)),
        "failures": str(statuses.count(Status.FAIL)),
        "skipped": str(statuses.count(Status.SKIPPED)),
        "time": f"{max((result.seconds for result in results), default=0.0):.3f}",
    }


def _add_case(suite: ElementTree.Element, result: Result) -> None:
    rule, seen = result.rule, _text(result.finding.seen)
    case = ElementTree.SubElement(
        suite, "testcase", classname=f"check.{rule.group}", name=rule.id, time=f"{result.seconds:.3f}"
    )
    details = _text(
        f"{rule.title} ({citation(rule)})\nexpected: {result.expected}\ncame: {result.finding.seen}\nto do: {rule.fix}"
    )
    match result.finding.status:
        case Status.FAIL:
            ElementTree.SubElement(case, "failure", message=seen).text = details
        case Status.SKIPPED:
            ElementTree.SubElement(case, "skipped", message=seen)
        case Status.WARN:
            ElementTree.SubElement(case, "system-out").text = f"warning\n{details}"


def _text(text: str) -> str:
    """Return a text that any XML document may hold (XML 1.0, 2.2), with what can't be seen in it escaped."""
    lines = (visible(line) for line in text.split("\n"))
    return re.sub("[\ufffe\uffff]", "\ufffd", "\n".join(lines))
