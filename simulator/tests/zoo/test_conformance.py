"""Each rule of the conformance kit fails for the members of the conformance zoo that break it, in simulated time.

simulator/tests/system/test_conformance.py shows that no other rule fails.
"""

from __future__ import annotations

import pytest

from simulator.tests.zoo.conformance.member import Member
from simulator.tests.zoo.conformance.members import GOOD, MEMBERS
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


@pytest.mark.parametrize("member", GOOD, ids=lambda member: member.name)
def test_a_good_member_passes_each_rule_or_the_reason_is_told(member: Member) -> None:
    found = {name: result.finding for name, result in member.check(member.rules).items()}
    assert {finding.status for finding in found.values()} <= {Status.PASS, Status.SKIPPED}, found
    assert all(finding.seen for finding in found.values() if finding.status is Status.SKIPPED)
    assert sum(finding.status is Status.PASS for finding in found.values()) > len(RULES) / 2
