"""What a check found, as a table, JSON, JUnit's XML and a page."""

from __future__ import annotations

import datetime
import io
import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.console import Console, RenderableType

from simulator.tests.harness.check_rules import made
from voice_simulator.check.finding import Finding, Status, failed, passed, skipped, warned
from voice_simulator.check.report import CheckReport, Result
from voice_simulator.check.reports.junit import as_junit
from voice_simulator.check.reports.page import as_page
from voice_simulator.check.reports.terminal import list_of, table
from voice_simulator.check.rule import Need
from voice_simulator.check.rules import RULES
from voice_simulator.check.trial import Trial
from voice_simulator.version import VERSION
from voice_simulator.vonage.application import Application

URL = "https://voice.example/webhooks/answer"
APPLICATION = Application(URL)
NOW = datetime.datetime(2026, 11, 25, 12, 30, tzinfo=datetime.UTC)


def result(name: str, finding: Finding, seconds: float = 0.5) -> Result:
    return Result(made(name, finding), finding, seconds=seconds)


RESULTS = [
    result("one", passed("an NCCO")),
    result("two", failed("500 <b>[red]\x00", "an answer & more"), seconds=1.25),
    result("three", warned("200")),
    result("four", skipped("needs a secret")),
]
REPORT = CheckReport(APPLICATION, RESULTS)


def shown(part: RenderableType, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(part)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


@pytest.mark.parametrize(
    ("results", "words"),
    [
        (RESULTS, "4 rules: 1 failed, 1 warning, 1 passed, 1 skipped"),
        (RESULTS[2:3] * 2, "2 rules: 2 warnings"),
    ],
)
def test_a_headline_counts(results: list[Result], words: str) -> None:
    assert CheckReport(APPLICATION, results).headline == words


def test_json_has_the_fields_that_are_documented() -> None:
    found = REPORT.as_json()
    assert (found["target"], found["exit_code"]) == (URL, 1)
    assert [rule["status"] for rule in found["rules"]] == ["pass", "fail", "warn", "skipped"]
    assert found["rules"][0] == {
        "id": "webhooks.one",
        "group": "webhooks",
        "status": "pass",
        "expected": "It holds",
        "seen": "an NCCO",
        "section": "1",
    }
    assert found["rules"][1]["expected"] == "an answer & more"


def test_the_table_says_what_to_do_about_what_does_not_hold() -> None:
    lines = shown(table(REPORT)).splitlines()
    assert lines[0].strip() == URL
    assert lines[2].split(maxsplit=1) == ["pass", "webhooks.one: an NCCO" + " " * 50]
    told = "\n".join(line.rstrip() for line in lines)
    assert "fail     webhooks.two: It holds" in told
    rows, _, advice = told.partition("what to do")
    assert "expected" not in rows
    assert "fail  webhooks.two: It holds" in advice
    assert "        expected  an answer & more" in advice
    assert "        came      500 <b>[red]" in advice
    assert "        to do     Do it. (platform.md, 1)" in advice
    assert "skipped  webhooks.four: needs a secret" in told
    assert lines[-1].strip() == REPORT.headline


def test_the_list_has_every_rule_with_its_needs() -> None:
    told = shown(list_of(RULES), width=200)
    assert all(f" {rule.id} " in told for rule in RULES)
    assert Need.SECRET.value in told


def test_junit_has_a_case_for_each_rule() -> None:
    suites = ElementTree.fromstring(as_junit(REPORT))
    assert suites.attrib == {"name": URL, "tests": "4", "failures": "1", "skipped": "1", "time": "1.250"}
    (suite,) = suites
    assert (suite.attrib["name"], suite.attrib["failures"]) == ("webhooks", "1")
    one, two, three, four = suite
    assert one.attrib == {"classname": "check.webhooks", "name": "webhooks.one", "time": "0.500"}
    assert not len(one)
    (failure,) = two
    assert failure.attrib["message"] == r"500 <b>[red]\x00"
    assert failure.text == (
        "It holds (platform.md, 1)\nexpected: an answer & more\ncame: 500 <b>[red]\\x00\nto do: Do it."
    )
    assert (three[0].tag, (three[0].text or "").splitlines()[0]) == ("system-out", "warning")
    assert (four[0].tag, four[0].attrib["message"]) == ("skipped", "needs a secret")


class Page(HTMLParser):
    """The texts and the elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, Any]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of_kind(self, tag: str) -> list[dict[str, Any]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_page_shows_each_rule_and_opens_those_that_do_not_hold() -> None:
    page = Page(as_page(REPORT, NOW))
    assert [(each["class"], "open" in each) for each in page.of_kind("details")] == [
        ("pass", False),
        ("fail", True),
        ("warn", True),
        ("skipped", False),
    ]
    assert "500 <b>[red]" in page.text
    assert REPORT.headline in page.text
    assert f"Checked 2026-11-25 12:30 UTC with voice-simulator check, version {VERSION}." in page.text


def test_the_page_needs_nothing_else() -> None:
    page = as_page(REPORT, NOW)
    assert not {tag for tag, _ in Page(page).elements} & {"script", "link", "img", "iframe"}
    assert not re.search(r"url\(|@import", page)


def test_the_page_says_that_nothing_was_reached() -> None:
    report = CheckReport(APPLICATION, RESULTS[3:], unreached="nothing listens")
    assert "Nothing was reached: nothing listens" in Page(as_page(report, NOW)).text


async def judged_by(trial: Trial) -> Finding:
    raise AssertionError("a report judges nothing")


def test_statuses_are_those_of_the_documents() -> None:
    assert [status.value for status in Status] == ["pass", "fail", "warn", "skipped"]
