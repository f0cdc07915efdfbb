"""Of all rules of the conformance kit, exactly those fail that a member of the conformance zoo breaks."""

from __future__ import annotations

import pytest

from simulator.tests.zoo.conformance.member import Member
from simulator.tests.zoo.conformance.members import GOOD, MEMBERS, passes_or_is_told_why
from voice_simulator.check.finding import Status

pytestmark = pytest.mark.apart


@pytest.mark.parametrize("member", [each for each in MEMBERS if each not in GOOD], ids=lambda member: member.name)
def test_exactly_the_broken_rules_fail(member: Member) -> None:
    results = member.check(member.rules)
    assert not [result.crash for result in results.values() if result.crash]
    failed = {name: result.finding.seen for name, result in results.items() if result.finding.status is Status.FAIL}
    assert failed.keys() == set(member.fails), failed
    assert set(member.warns) <= {name for name, each in results.items() if each.finding.status is Status.WARN}


@pytest.mark.parametrize("member", GOOD[1:], ids=lambda member: member.name)
def test_a_good_member_passes_each_rule_or_the_reason_is_told(member: Member) -> None:
    passes_or_is_told_why(member)
