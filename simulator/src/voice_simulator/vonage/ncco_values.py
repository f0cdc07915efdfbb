"""The rules that a value of an NCCO can be held to: a test, and its words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit


class Rule(NamedTuple):
    """A rule for a field's value: the test, and its words as they follow "must be"."""

    holds: Callable[[Any], bool]
    words: str


class Fields(NamedTuple):
    """The fields of an object that have a rule, and those that it must have."""

    rules: dict[str, Rule]
    required: frozenset[str] = frozenset()


def text(pattern: str, words: str) -> Rule:
    """Return the rule for a string that matches a pattern as a whole."""
    return Rule(lambda value: isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None, words)


def one_of(*choices: str) -> Rule:
    """Return the rule for one of some strings."""
    return Rule(lambda value: isinstance(value, str) and value in choices, " or ".join(choices))


def number(low: float, high: float, words: str) -> Rule:
    """Return the rule for a number between bounds."""
    return Rule(lambda value: _is_number(value, low, high), words)


def whole(low: int, high: float, words: str) -> Rule:
    """Return the rule for a whole number between bounds."""
    return Rule(lambda value: isinstance(value, int) and _is_number(value, low, high), words)


def is_list_of_one_object(value: Any) -> bool:
    """Return whether a value is an array of exactly one object."""
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict)


def is_url(value: Any, schemes: set[str]) -> bool:
    """Return whether a value is an absolute URL: a scheme, a host, a valid port, no fragment."""
    if not isinstance(value, str) or not re.fullmatch("[!-~]+", value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and not parts.fragment
    except ValueError:
        return False


def _is_number(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _is_list_of(value: Any, item: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(item(each) for each in value)


def _is_http_url(value: Any) -> bool:
    return is_url(value, {"http", "https"})


ANY = Rule(lambda value: True, "anything")
STRING = Rule(lambda value: isinstance(value, str), "a string")
NAME = text(r"(?=.*\S).+", "a string, not empty")
OBJECT = Rule(lambda value: isinstance(value, dict), "an object")
BOOLEAN = Rule(lambda value: isinstance(value, bool), "true or false")
STRINGS = Rule(lambda value: _is_list_of(value, lambda each: isinstance(each, str)), "an array of strings")
ANY_NUMBER = number(-math.inf, math.inf, "a number of seconds")
URL = Rule(_is_http_url, "an absolute http(s) URL")
URLS = Rule(lambda value: bool(value) and _is_list_of(value, _is_http_url), "an array of absolute http(s) URLs")
LANGUAGE = text(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a BCP-47 tag like en-GB")
ACCOUNT_NUMBER = text(r"[0-9]{7,15}", "a number in E.164: 7 to 15 digits without +")
METHOD = Rule(lambda value: value in ("GET", "POST"), "GET or POST")
