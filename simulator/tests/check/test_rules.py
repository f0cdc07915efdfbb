"""The list of all rules: each can be named, is written down, and says what to do."""

from __future__ import annotations

import re

import pytest

from simulator.tests.harness.documents import CHECK, SECTIONS, rows
from voice_simulator.check.rule import GROUPS, Rule
from voice_simulator.check.rules import RULES


def test_there_are_at_least_50() -> None:
    assert len(RULES) >= 50


def test_each_has_an_id_of_its_own() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_they_stand_group_by_group() -> None:
    groups = [rule.group for rule in RULES]
    assert sorted(groups, key=GROUPS.index) == groups
    assert set(groups) == set(GROUPS)


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_it_can_be_read(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*", rule.id)
    assert rule.section in SECTIONS
    assert not rule.title.endswith(".")
    assert re.fullmatch(r"[A-Z].*[.…]", rule.fix)


def test_the_page_lists_them() -> None:
    told = [row for row in rows(CHECK) if re.fullmatch(r"`[a-z]+\.\S+`", row[0])]
    assert told == [[f"`{rule.id}`", rule.title.replace("|", "\\|"), section(rule), needs(rule)] for rule in RULES]


def section(rule: Rule) -> str:
    return rule.section


def needs(rule: Rule) -> str:
    return ", ".join(need.name.lower().replace("_", " ") for need in rule.needs)
