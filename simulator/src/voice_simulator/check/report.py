"""What became of the rules of a check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..vonage.application import Application
from .finding import Finding, Status
from .rule import Rule

DOUBTFUL_SECONDS = 0.25
WORDS = {
    Status.FAIL: ("failed", "failed"),
    Status.WARN: ("warning", "warnings"),
    Status.PASS: ("passed", "passed"),
    Status.SKIPPED: ("skipped", "skipped"),
}


@dataclass(frozen=True)
class Result:
    """A rule, what was found, and how long that took; `crash` is the traceback of a fault in the rule itself.

    `machine_pause` is how long this machine itself paused meanwhile, at most, in seconds.
    """

    rule: Rule
    finding: Finding
    crash: str = ""
    seconds: float = 0.0
    machine_pause: float = 0.0

    @property
    def is_doubtful(self) -> bool:
        """Whether this machine may have broken the rule itself, by standing still."""
        return self.finding.status in (Status.FAIL, Status.WARN) and self.machine_pause > DOUBTFUL_SECONDS

    @property
    def expected(self) -> str:
        return self.finding.expected or self.rule.title


@dataclass(frozen=True)
class CheckReport:
    """What became of each rule, in their order; `unreached` says why the application could not be reached."""

    application: Application
    results: list[Result]
    unreached: str = ""

    @property
    def is_doubtful(self) -> bool:
        return any(result.is_doubtful for result in self.results)

    @property
    def machine_pause(self) -> float:
        """How long this machine paused, at most, in seconds."""
        return max((result.machine_pause for result in self.results), default=0.0)

    def count(self, status: Status) -> int:
        return sum(result.finding.status is status for result in self.results)

    def check(self) -> None:
        """Raise AssertionError, with each rule that failed, unless none did and the application was reached."""
        failures = [
            f"  {result.rule.id}: expected: {result.expected}; seen: {result.finding.seen}; {result.rule.fix}"
            for result in self.results
            if result.finding.status is Status.FAIL or result.crash
        ]
        if self.exit_code:
            broken = f"the application breaks {len(failures)} of the platform's rules"
            first = self.unreached or (broken if failures else self.unjudged)
            raise AssertionError("\n".join([first, *failures]))

    @property
    def exit_code(self) -> int:
        """0 if no rule failed, 3 if nothing was reached, else 1: also if most stand on a rule that is broken."""
        if self.unreached:
            return 3
        bad = any(result.finding.status is Status.FAIL or result.crash for result in self.results)
        return int(bad or bool(self.unjudged))

    @property
    def unjudged(self) -> str:
        """Why most rules could not be judged, if they stand on one that is broken; empty if they were judged."""
        reasons = [result.finding.seen for result in self.results if result.finding.broken]
        if len(reasons) <= len(self.results) / 2:
            return ""
        return f"most rules could not be judged: {reasons[0]}"

    @property
    def headline(self) -> str:
        counts = [(self.count(status), words) for status, words in WORDS.items()]
        listed = ", ".join(f"{count} {one if count == 1 else more}" for count, (one, more) in counts if count)
        rules = "rule" if len(self.results) == 1 else "rules"
        unjudged = f"; {self.unjudged}" if self.unjudged else ""
        return f"{len(self.results)} {rules}: {listed}{unjudged}"

    def as_json(self) -> dict[str, Any]:
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
            for result in self.results
        ]
        return {"target": self.application.answer_url, "rules": rules, "exit_code": self.exit_code}
