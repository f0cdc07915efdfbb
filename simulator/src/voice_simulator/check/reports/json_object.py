"""The report for machines."""

from __future__ import annotations

from typing import Any

from ..report import CheckReport


def as_json(report: CheckReport) -> dict[str, Any]:
    """Return the report as it is printed with --json; for a rule that was skipped, `seen` is the reason."""
    rules = [
        {
            "id": result.rule.id,
            "group": result.rule.group,
            "status": result.finding.status.value,
            "expected": result.expected,
            "seen": result.finding.seen,
            "section": result.rule.section,
        }
        for result in report.results
    ]
    return {"target": report.application.answer_url, "rules": rules, "exit_code": report.exit_code}
