"""docs/operations.md answers its questions with the panels and the queries that are there."""

from __future__ import annotations

import re

import pytest

from tests.harness.documents import OPERATIONS
from tests.harness.rules import ALERTS, DASHBOARDS, QUERIES

QUESTIONS = re.findall(r"^## ([^\n]*\?)\n(.*?)(?=^## )", OPERATIONS, re.MULTILINE | re.DOTALL)
ANSWER = re.compile(r"^- \*([^,*]+), ([^*]+)\*: (.*)$", re.MULTILINE)


@pytest.mark.parametrize(("question", "text"), QUESTIONS, ids=[question for question, _ in QUESTIONS])
def test_each_is_answered_by_queries_of_panels(question: str, text: str) -> None:
    answers = ANSWER.findall(text)
    assert answers
    shown = [(DASHBOARDS[query.dashboard]["title"], query.panel, query.expression) for query in QUERIES]
    for dashboard, panel, told in answers:
        for expression in re.findall("`([^`]+)`", told):
            assert (dashboard, panel, expression) in shown


def test_each_alert_stands_with_the_question_that_it_links() -> None:
    for name, alert in ALERTS.items():
        section = alert["annotations"]["runbook"].partition("#")[2]
        (text,) = (text for question, text in QUESTIONS if question.lower().replace(" ", "-").rstrip("?") == section)
        (alerts,) = re.findall(r"^Alerts?: (.*)\.$", text, re.MULTILINE)
        assert f"`{name}`" in alerts
