"""Of all rules of the conformance kit, exactly those fail that a member of the conformance zoo breaks."""

from __future__ import annotations

import pytest

from simulator.tests.zoo.conformance.member import Member
from simulator.tests.zoo.conformance.members import GOOD, MEMBERS
from voice_simulator.check.finding import Status

pytestmark = pytest.mark.apart


@pytest.mark.parametrize("member", [each for each in MEMBERS if each not in GOOD], ids=lambda member: member.name)
def test_exactly_the_broken_rules_fail(member: Member) -> None:
    results = member.check(member.rules)
    assert not [result.crash for result in results.values() if result.crash]
    failed = {name: result.finding.seen for name, result in results.items() if result.finding.status is Status.FAIL}
    assert failed.keys() == set(member.fails), failed
    assert set(member.warns) <= {name for name, each in results.items() if each.finding.status is Status.WARN}
