"""What a rule finds out about an application."""

from __future__ import annotations

import enum
from typing import NamedTuple


class Status(enum.Enum):
    """How a rule comes out."""

    PASS = "pass"  # noqa: S105  # no password
    FAIL = "fail"
    WARN = "warn"
    SKIPPED = "skipped"


class Finding(NamedTuple):
    """How a rule came out: what was seen, or why it was skipped, and what was expected (empty: what the title says)."""

    status: Status
    seen: str
    expected: str = ""


class NotJudgedError(Exception):
    """A rule can't be judged, for a reason that is not its own; the message says which. The rule is skipped."""


def passed(seen: str, expected: str = "") -> Finding:
    """Return that the rule holds."""
    return Finding(Status.PASS, seen, expected)


def failed(seen: str, expected: str = "") -> Finding:
    """Return that the rule is broken."""
    return Finding(Status.FAIL, seen, expected)


def warned(seen: str, expected: str = "") -> Finding:
    """Return that the rule holds, but not as the platform documents it, or not for long."""
    return Finding(Status.WARN, seen, expected)


def skipped(reason: str) -> Finding:
    """Return that the rule was not judged."""
    return Finding(Status.SKIPPED, reason)
