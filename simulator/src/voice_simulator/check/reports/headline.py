"""The sentence that sums a check up."""

from __future__ import annotations

from ..finding import Status
from ..report import CheckReport

WORDS = {
    Status.FAIL: ("failed", "failed"),
    Status.WARN: ("warning", "warnings"),
    Status.PASS: ("passed", "passed"),
    Status.SKIPPED: ("skipped", "skipped"),
}


def headline(report: CheckReport) -> str:
    """Return how many rules came out how."""
    counts = [(report.count(status), words) for status, words in WORDS.items()]
    told = ", ".join(f"{count} {one if count == 1 else more}" for count, (one, more) in counts if count)
    rules = "rule" if len(report.results) == 1 else "rules"
    return f"{len(report.results)} {rules}: {told}"
