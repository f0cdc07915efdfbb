"""The rules that a check is made of: all of them, some, or all but some."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence

from .rule import GROUPS, Rule


class UnknownRuleError(ValueError):
    """A name is neither a rule's nor a group's; the message says which, and what it could be."""


def select(rules: Sequence[Rule], only: Collection[str], skip: Collection[str]) -> list[Rule]:
    """Return the rules that are named by `only`, or all if it names none, without those that are named by `skip`.

    A name is the id of a rule or a group. Raises UnknownRuleError.
    """
    known = [*GROUPS, *(rule.id for rule in rules)]
    for name in (*only, *skip):
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            like = f" Did you mean {close[0]}?" if close else ""
            raise UnknownRuleError(f"{name!r} is neither a rule nor a group.{like} `check --list` shows them all")
    return [rule for rule in rules if (not only or _is_named(rule, only)) and not _is_named(rule, skip)]


def _is_named(rule: Rule, names: Collection[str]) -> bool:
    return rule.id in names or rule.group in names
