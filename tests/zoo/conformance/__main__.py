"""Checks members of the conformance zoo: python -m tests.zoo.conformance [NAME…]; the outcome is JSON."""

from __future__ import annotations

import json
import sys

import uvloop

from simulator.check.runner import Result
from tests.zoo.conformance.member import check_all
from tests.zoo.conformance.members import MEMBERS

PAUSE_SECONDS = 0.5


def as_object(result: Result) -> dict[str, str]:
    """Return what the tests read of a result."""
    finding = result.finding
    return {"id": result.rule.id, "status": finding.status.value, "seen": finding.seen, "crash": result.crash}


def main() -> None:
    names = sys.argv[1:]
    members = [member for member in MEMBERS if member.name in names or not names]
    results = uvloop.run(check_all(members, PAUSE_SECONDS))
    json.dump({name: list(map(as_object, each)) for name, each in results.items()}, sys.stdout)


main()
