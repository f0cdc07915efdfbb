"""What a page asks for, read from its JSON; each reader raises ValueError with a sentence for the page."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any, Literal, get_args

from .live_voice import Source

Fault = Literal["stall", "cut", "close", "refuse"]

DEFAULT_STALL_SECONDS = 3.0
SHORTEST_STALL_SECONDS, LONGEST_STALL_SECONDS = 0.1, 30.0


@dataclass(frozen=True)
class CallRequest:
    """A call that a page wants to place; without numbers of its own, it has the command line's."""

    voice: Source
    caller: str | None = None
    called: str | None = None


def read_message(text: str) -> dict[str, Any]:
    """Return a message of the page: an object with `do`."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict) or not isinstance(message.get("do"), str):
        raise ValueError('a message must be a JSON object like {"do": "hang_up"}')
    return message


def read_call(message: dict[str, Any]) -> CallRequest:
    """Return the call that a message asks for."""
    return CallRequest(read_voice(message), _read_number(message, "from"), _read_number(message, "to"))


def read_voice(message: dict[str, Any]) -> Source:
    """Return what is to be spoken."""
    voice: Source = _choice(message, "voice", get_args(Source))
    return voice


def read_key(message: dict[str, Any]) -> str:
    """Return the key that is pressed."""
    return str(_choice(message, "digit", tuple("0123456789*#")))


def read_fault(message: dict[str, Any]) -> tuple[Fault, float]:
    """Return the fault, and how many seconds a stall lasts."""
    fault: Fault = _choice(message, "fault", get_args(Fault))
    seconds = message.get("seconds", DEFAULT_STALL_SECONDS)
    number = isinstance(seconds, int | float) and not isinstance(seconds, bool) and math.isfinite(seconds)
    if not number or not SHORTEST_STALL_SECONDS <= seconds <= LONGEST_STALL_SECONDS:
        bounds = f"{SHORTEST_STALL_SECONDS:g} to {LONGEST_STALL_SECONDS:g}"
        raise ValueError(f"seconds must be a number from {bounds}; it is {json.dumps(seconds)[:40]}")
    return fault, float(seconds)


def _choice(message: dict[str, Any], name: str, choices: tuple[str, ...]) -> Any:
    value = message.get(name)
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be {' or '.join(choices)}; it is {json.dumps(value)[:40]}")
    return value


def _read_number(message: dict[str, Any], name: str) -> str | None:
    value = message.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,15}", value):
        raise ValueError(f"{name} must be a number of 1 to 15 digits, without +; it is {json.dumps(value)[:40]}")
    return value
