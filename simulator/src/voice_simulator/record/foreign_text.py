"""Text that comes from elsewhere: its JSON is read within bounds, and what can't be seen in it is shown escaped."""

from __future__ import annotations

import json
import re
from typing import Any

DEEPEST = 100  # levels of JSON; an NCCO has six

# Control characters, those that turn the direction of writing or take no room, and halves of surrogate pairs.
_UNSEEN = re.compile(
    "[\0-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """Return text for a terminal or a report: nothing in it can move the cursor, or paint over what stands there."""
    return _UNSEEN.sub(_escape, text)


def read_json(text: str | bytes) -> Any:
    """Return the value of JSON. Raises ValueError if it is none, or can't be sent on: NaN, half a surrogate pair."""
    try:
        value = json.loads(text)
        if _is_too_deep(value):
            raise RecursionError
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise ValueError(f"it is nested more than {DEEPEST} levels deep") from None
    return value


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        nested = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [each for inside in nested for each in inside if isinstance(each, dict | list)]
    return bool(level)


def _escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    if number < 0x100:
        return repr(match[0])[1:-1]
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
