"""The rules, group by group, in the order of the reports."""

from __future__ import annotations

from ..rule import Rule

RULES: list[Rule] = []
