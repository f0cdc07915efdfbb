"""What a page asks for, read from its JSON; each reader raises ValueError with a sentence for the page."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from ..vonage.application import Application, Method
from .live_voice import Source

Fault = Literal["stall", "cut", "close", "refuse"]

DEFAULT_STALL_SECONDS = 3.0
SHORTEST_STALL_SECONDS, LONGEST_STALL_SECONDS = 0.1, 30.0


@dataclass(frozen=True)
class CallRequest:
    """A call that a page wants to place; what it doesn't name is the command line's."""

    voice: Source
    answer_url: str | None = None
    method: Method | None = None
    caller: str | None = None
    called: str | None = None

    def application(self, own: Application) -> Application:
        """Return the application to call, where the command line's is `own`. Raises ApplicationError."""
        return replace(
            own,
            answer_url=own.answer_url if self.answer_url is None else self.answer_url,
            method=self.method or own.method,
            caller=own.caller if self.caller is None else self.caller,
            called=own.called if self.called is None else self.called,
        )


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
    method = _choice(message, "method", get_args(Method)) if "method" in message else None
    texts = [_read_text(message, name) for name in ("answer_url", "from", "to")]
    return CallRequest(read_voice(message), texts[0], method, *texts[1:])


def read_voice(message: dict[str, Any]) -> Source:
    voice: Source = _choice(message, "voice", get_args(Source))
    return voice


def read_key(message: dict[str, Any]) -> str:
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


def read_id(message: dict[str, Any]) -> int:
    """Return the id of a request that is to be sent again."""
    value = message.get("id")
    if not isinstance(value, int):
        raise ValueError(f"id must be a request's number; it is {json.dumps(value)[:40]}")
    return value


def _read_text(message: dict[str, Any], name: str) -> str | None:
    value = message.get(name)
    if not isinstance(value, str | None):
        raise ValueError(f"{name} must be text; it is {json.dumps(value)[:40]}")
    return value
