"""The kit fails exactly the rules that each member of the conformance zoo breaks, and a member breaks each rule."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from simulator.tests.harness.process import ROOT
from simulator.tests.zoo.conformance.member import Member
from simulator.tests.zoo.conformance.members import GOOD, MEMBERS
from voice_simulator.check.rules import RULES

PROCESSES = 4
TRIES = 3
SECONDS = 900.0  # for all of them

# No application on this machine can break these rules, or fulfil them: they need what only a public address has.
NOT_HERE: dict[str, str] = {}


class Outcome(NamedTuple):
    """What the kit found out about a rule."""

    status: str
    seen: str
    crash: str


Outcomes = dict[str, Outcome]  # by the rule's id


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcomes]:
    """Check members beside each other, as some rules take more than a minute; give the outcomes by their names.

    Those that don't last come first: they keep the cores busy, and the others are judged by their delay. A member that
    comes out wrong is checked again, beside few others: the best of three tries counts, for the machine may be busy.
    """
    found = check([member for member in MEMBERS if not member.lasts])
    found |= check([member for member in MEMBERS if member.lasts])
    for _ in range(TRIES - 1):
        found |= check([member for member in MEMBERS if comes_out_wrong(member, found[member.name])])
    return found


def check(members: Sequence[Member]) -> dict[str, Outcomes]:
    """Check members in some processes."""
    command = [sys.executable, "-m", "simulator.tests.zoo.conformance"]
    names = [member.name for member in members]
    shares = [share for index in range(PROCESSES) if (share := names[index::PROCESSES])]
    with ExitStack() as running:
        started = [
            running.enter_context(subprocess.Popen([*command, *share], cwd=ROOT, stdout=subprocess.PIPE, text=True))
            for share in shares
        ]
        printed = [process.communicate(timeout=SECONDS)[0] for process in started]
    return {
        name: {each.pop("id"): Outcome(**each) for each in results}
        for share in printed
        for name, results in json.loads(share).items()
    }


def with_status(status: str, outcomes: Outcomes) -> dict[str, str]:
    """Return what was seen of each rule that came out so."""
    return {name: outcome.seen for name, outcome in outcomes.items() if outcome.status == status}


def comes_out_wrong(member: Member, outcomes: Outcomes) -> bool:
    """Return whether other rules failed than should."""
    return with_status("fail", outcomes).keys() != set(member.fails)


def test_each_member_has_a_name_of_its_own() -> None:
    assert len({member.name for member in MEMBERS}) == len(MEMBERS)


def test_at_least_25_members_are_faulty() -> None:
    assert len(MEMBERS) - len(GOOD) >= 25


def test_each_rule_is_broken_by_a_member() -> None:
    broken = {name for member in MEMBERS for name in member.fails}
    assert sorted(broken | NOT_HERE.keys()) == sorted(rule.id for rule in RULES)


@pytest.mark.parametrize("member", MEMBERS, ids=[member.name for member in MEMBERS])
def test_exactly_the_broken_rules_fail(member: Member, outcomes: dict[str, Outcomes]) -> None:
    found = outcomes[member.name]
    assert not [outcome.crash for outcome in found.values() if outcome.crash]
    failed = with_status("fail", found)
    assert failed.keys() == set(member.fails), failed
    assert set(member.warns) <= with_status("warn", found).keys(), found


@pytest.mark.parametrize("member", GOOD, ids=[member.name for member in GOOD])
def test_a_good_member_passes_each_rule_or_the_reason_is_told(member: Member, outcomes: dict[str, Outcomes]) -> None:
    found = outcomes[member.name]
    assert not with_status("fail", found) | with_status("warn", found)
    assert all(with_status("skipped", found).values())
    assert len(with_status("pass", found)) > len(RULES) / 2
