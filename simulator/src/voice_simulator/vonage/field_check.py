"""Holds the fields of one object of an NCCO to their rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from .ncco_values import Fields

Action = dict[str, Any]


class Finding(NamedTuple):
    """What a check finds, in a sentence: a broken rule, or an oddity that the platform takes."""

    sentence: str
    breaks_rule: bool = True
    section: str = ""  # of the platform facts


def check_fields(found: dict[str, Any], where: str, fields: Fields) -> Iterator[Finding]:
    """Yield each field that is missing, wrong, or not known."""
    for name in sorted(fields.required - found.keys()):
        yield Finding(f"{where}.{name} is missing")
    for name, value in found.items():
        rule = fields.rules.get(name)
        if rule is None:  # the platform may know more than this list does
            known = ", ".join(sorted(fields.rules))
            yield Finding(f"{where}.{name} is no field that this simulator knows; it knows {known}", breaks_rule=False)
        elif not rule.holds(value):
            yield Finding(f"{where}.{name} must be {rule.words}; it is {shown(value)}")


def shown(value: object) -> str:
    """Return a value as JSON, cut off if it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:80]}… ({len(text)} characters)"
