"""The platform's rules for the fields of an NCCO (docs/platform.md, 2): `talk`, `connect` to a WebSocket, `wait`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from simulator.audio import CONTENT_TYPES


class Rule(NamedTuple):
    """A rule for a field's value: the test, and its words as they follow "must be"."""

    holds: Callable[[Any], bool]
    words: str


class Fields(NamedTuple):
    """The fields that an object may have, each with its rule, and those that it must have."""

    rules: dict[str, Rule]
    required: frozenset[str]


_STRING = Rule(lambda value: isinstance(value, str), "a string")
_OBJECT = Rule(lambda value: isinstance(value, dict), "an object")
_BOOLEAN = Rule(lambda value: isinstance(value, bool), "true or false")

TALK = Fields(
    {
        "action": _STRING,
        "text": Rule(lambda value: _is_text(value, r"(?=.*\S).{1,1500}"), "1 to 1500 characters, not only spaces"),
        "language": Rule(
            lambda value: _is_text(value, r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"), "a BCP-47 tag like en-GB"
        ),
        "style": Rule(lambda value: _is_whole(value, 0, 1000), "a whole number from 0"),
        "premium": _BOOLEAN,
        "bargeIn": _BOOLEAN,
        "loop": Rule(lambda value: _is_whole(value, 1, 1000), "a whole number from 1 (0 would never come to an end)"),
        "level": Rule(lambda value: _is_number(value, -1, 1), "a number from -1 to 1"),
    },
    required=frozenset({"text"}),
)
CONNECT = Fields(
    {
        "action": _STRING,
        "endpoint": Rule(lambda value: is_list_of_one_object(value), "an array of exactly one object"),
        "from": Rule(lambda value: _is_text(value, r"[0-9]{7,15}"), "a number in E.164: 7 to 15 digits without +"),
        "eventType": Rule(lambda value: value == "synchronous", '"synchronous"'),
        "eventUrl": Rule(lambda value: _is_list_of_urls(value), "an array of absolute http(s) URLs"),
        "eventMethod": Rule(lambda value: value in ("GET", "POST"), "GET or POST"),
        "timeout": Rule(lambda value: _is_whole(value, 1, 7200), "a whole number of seconds from 1"),
        "limit": Rule(lambda value: _is_whole(value, 1, 7200), "a whole number of seconds from 1 to 7200"),
    },
    required=frozenset({"endpoint"}),
)
WAIT = Fields(
    {
        "action": _STRING,
        # One out of bounds is clamped (see timed_action).
        "timeout": Rule(lambda value: _is_number(value, -math.inf, math.inf), "a number of seconds"),
    },
    required=frozenset(),
)
ACTIONS = {"talk": TALK, "connect": CONNECT, "wait": WAIT}

ENDPOINT = Fields(
    {
        "type": Rule(lambda value: value == "websocket", '"websocket"'),
        "uri": Rule(
            lambda value: _is_url(value, {"ws", "wss"}), "an absolute wss:// (or ws://) URI without a fragment"
        ),
        "content-type": Rule(
            lambda value: isinstance(value, str) and value in CONTENT_TYPES, " or ".join(CONTENT_TYPES)
        ),
        "headers": _OBJECT,
        "authorization": _OBJECT,
    },
    required=frozenset({"type", "uri", "content-type"}),
)
MAX_HEADERS_BYTES = 512
RESERVED_HEADERS = {"event", "content-type"}  # the first message of a socket has fields of these names

AUTHORIZATION_TYPES = ("custom", "vonage")
AUTHORIZATION_VALUE = Rule(
    lambda value: _is_text(value, r"[\x20-\x7e]{1,8191}"), "1 to 8191 characters of printable ASCII"
)


def is_list_of_one_object(value: Any) -> bool:
    """Return whether a value is an array of exactly one object."""
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict)


def _is_number(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _is_whole(value: Any, low: int, high: float) -> bool:
    return isinstance(value, int) and _is_number(value, low, high)


def _is_text(value: Any, pattern: str) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None


def _is_list_of_urls(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_url(url, {"http", "https"}) for url in value)


def _is_url(value: Any, schemes: set[str]) -> bool:
    """Return whether a value is an absolute URL: a scheme, a host, a valid port, no fragment."""
    if not _is_text(value, "[!-~]+"):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and not parts.fragment
    except ValueError:
        return False
