"""Which rules a check is made of."""

from __future__ import annotations

import pytest

from voice_simulator.check.rule import UnknownRuleError, select
from voice_simulator.check.rules import RULES


def ids(only: tuple[str, ...] = (), skip: tuple[str, ...] = ()) -> list[str]:
    return [rule.id for rule in select(RULES, only, skip)]


def test_all_of_them_unless_something_is_named() -> None:
    assert ids() == [rule.id for rule in RULES]


def test_a_group_or_a_rule_can_be_asked_for() -> None:
    asked = ids(only=("security", "webhooks.get"))
    assert asked[0] == "webhooks.get"
    assert {name.partition(".")[0] for name in asked[1:]} == {"security"}


def test_a_group_or_a_rule_can_be_left_out() -> None:
    assert set(ids()) - set(ids(skip=("ncco", "webhooks.get"))) == {*ids(only=("ncco",)), "webhooks.get"}


def test_what_is_left_out_wins() -> None:
    assert "ncco.wss" not in ids(only=("ncco",), skip=("ncco.wss",))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("webhooks.gets", "'webhooks.gets' is neither a rule nor a group. Did you mean webhooks.get?"),
        ("x", "'x' is neither a rule nor a group. `check --list` shows them all"),
    ],
)
def test_a_name_of_nothing_is_refused(name: str, words: str) -> None:
    with pytest.raises(UnknownRuleError) as refused:
        ids(skip=(name,))
    assert str(refused.value).startswith(words)
