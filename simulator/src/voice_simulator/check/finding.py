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
    broken: str = ""  # the rule that this one stands on, if that is broken: the reason for which it was skipped


class NotJudgedError(Exception):
    """A rule can't be judged, for a reason that is not its own; the message says which. The rule is skipped.

    `broken` is the id of the rule that this one stands on, if that one is broken.
    """

    def __init__(self, reason: str, broken: str = "") -> None:
        super().__init__(f"{broken} is broken: {reason}" if broken else reason)
        self.broken = broken


def passed(seen: str, expected: str = "") -> Finding:
    return Finding(Status.PASS, seen, expected)


def failed(seen: str, expected: str = "") -> Finding:
    return Finding(Status.FAIL, seen, expected)


def warned(seen: str, expected: str = "") -> Finding:
    """Return that the rule holds, but not as the platform documents it, or not for long."""
    return Finding(Status.WARN, seen, expected)


def skipped(reason: str, broken: str = "") -> Finding:
    return Finding(Status.SKIPPED, reason, broken=broken)
