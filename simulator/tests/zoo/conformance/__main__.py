"""Checks members of the conformance zoo: python -m simulator.tests.zoo.conformance [NAME…]; the outcome is JSON."""

from __future__ import annotations

import asyncio
import json
import sys

from simulator.tests.zoo.conformance.member import check_all
from simulator.tests.zoo.conformance.members import MEMBERS
from simulator.tests.zoo.conformance.named import name_resolving
from voice_simulator.check.report import Result


def as_object(result: Result) -> dict[str, str]:
    """Return what the tests read of a result."""
    finding = result.finding
    return {"id": result.rule.id, "status": finding.status.value, "seen": finding.seen, "crash": result.crash}


def main() -> None:
    names = sys.argv[1:]
    members = [member for member in MEMBERS if member.name in names or not names]
    with name_resolving():  # by Python's own lookup, which uvloop has no use for
        results = asyncio.run(check_all(members))
    json.dump({name: list(map(as_object, each)) for name, each in results.items()}, sys.stdout)


main()
