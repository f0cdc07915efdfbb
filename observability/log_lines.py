"""The lines of a log, whichever process wrote them, and which of them are about one call."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

NAMES = ("conversation_uuid", "call_uuid", "uuid")
WITHHELD = "withheld"  # stands for any name that could be a secret (shared/identifier.py)
SOCKET = "/socket"
CLOCKS_DIFFER_SECONDS = 0.5  # between a process's line and Caddy's of the same request


class Line(NamedTuple):
    """A line of a log."""

    time: float  # seconds since 1970
    process: str
    fields: dict[str, Any]

    @property
    def names(self) -> set[str]:
        """The names of its call, in lower case."""
        names = {str(self.fields[name]).lower() for name in NAMES if self.fields.get(name)}
        return names - {WITHHELD}


def parse_line(text: str) -> Line | None:
    """Return a line of JSON with whatever stands before it; None for any other text."""
    prefix, brace, rest = text.partition("{")
    try:
        fields = json.loads(brace + rest)
        time = datetime.fromisoformat(fields["timestamp"]).timestamp()
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    process = (
        prefix.strip(" |[]\t:").rpartition("/")[2].removesuffix(".log")
        or fields.get("process")
        or fields.get("logger")
        or "caddy"
    )
    return Line(time, str(process), fields)


def lines_of_call(lines: list[Line], uuid: str) -> list[Line]:
    """Return the lines that name a call, by whichever of its names, and those of Caddy that are surely its own."""
    names, known = {uuid.lower()}, 0
    while len(names) > known:
        known = len(names)
        names.update(chain.from_iterable(line.names for line in lines if line.names & names))
    ours = [line for line in lines if line.names & names]
    others = [line for line in lines if line.names and not line.names & names]
    caddys = [line for line in lines if "route" in line.fields and _is_ours(line, ours, others)]
    return sorted(ours + caddys, key=lambda line: line.time)


def _is_ours(caddys: Line, ours: list[Line], others: list[Line]) -> bool:
    """Tell whether a request was this call's: Caddy logs no name, so no other call's line may fit as well."""
    return any(_fits(caddys, line) for line in ours) and not any(_fits(caddys, line) for line in others)


def _fits(caddys: Line, line: Line) -> bool:
    lasted, seconds = line.fields.get("duration_seconds"), float(caddys.fields.get("duration", 0))
    if caddys.fields["route"] != SOCKET or lasted is None:
        return False
    close = abs(caddys.time - line.time) < CLOCKS_DIFFER_SECONDS
    return close and abs(seconds - lasted) < CLOCKS_DIFFER_SECONDS
