"""Each rule of the conformance kit fails for the members of the conformance zoo that break it, in simulated time.

simulator/tests/system/test_conformance.py shows that no other rule fails, and that other good applications pass.
"""

from __future__ import annotations

import pytest

from simulator.tests.zoo.conformance.member import Member
from simulator.tests.zoo.conformance.members import GOOD, MEMBERS, passes_or_is_told_why
from voice_simulator.check.finding import Status
from voice_simulator.check.rules import RULES

pytestmark = pytest.mark.apart


def test_each_rule_is_broken_by_a_member() -> None:
    assert {name for member in MEMBERS for name in member.fails} == {rule.id for rule in RULES}


@pytest.mark.parametrize("member", [member for member in MEMBERS if member.broken], ids=lambda member: member.name)
def test_the_broken_rules_fail(member: Member) -> None:
    results = member.check(member.broken)
    found = {name: result.finding for name, result in results.items()}
    assert {name for name, finding in found.items() if finding.status is Status.FAIL} == set(member.fails), found
    assert {name for name, finding in found.items() if finding.status is Status.WARN} >= set(member.warns), found


def test_the_good_application_passes_each_rule_or_the_reason_is_told() -> None:
    passes_or_is_told_why(GOOD[0])
