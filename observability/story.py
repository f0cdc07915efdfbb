"""Tells what became of one call, from the logs of all processes; Python is all that it needs.

Usage: docker compose logs --no-color | python3 -m observability.story UUID
       python3 -m observability.story UUID FILE...

UUID is the call's or its conversation's. Lines may begin with a process's name, as those of `docker compose logs` do.
"""
# ruff: noqa: T201  # it speaks to a person at a terminal

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, pairwise
from typing import Any, NamedTuple

NAMES = ("conversation_uuid", "call_uuid", "uuid")
WITHHELD = "withheld"  # stands for any name that could be a secret (shared/identifier.py)
WORDS = {
    "call answered": "asked and answered",
    "call started": "connected",
    "call ended": "socket ended",
    "call moved": "moved",
    "call given up": "given up",
}
LEFT_OUT = {*NAMES, "timestamp", "level", "logger", "process", "event", "status", "leg", "request"}
# The fields of "call ended" that are no quality.
END = {
    "connection", "reason", "close_code", "duration_seconds",
    "frames_received", "frames_echoed", "frames_dropped", "bytes_received",
}  # fmt: skip
ANSWERS, EVENTS, SOCKET = ("/webhooks/answer", "/ncco"), ("/webhooks/events", "/webhooks/event"), "/socket"
ROUTES = {"call answered": ANSWERS, "call event": EVENTS, "call moved": EVENTS, "call given up": EVENTS}
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
    process = prefix.strip(" |[]\t") or fields.get("process") or fields.get("logger") or "caddy"
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
    route, seconds = caddys.fields["route"], float(caddys.fields.get("duration", 0))
    if route == SOCKET:
        lasted = line.fields.get("duration_seconds")
        close = abs(caddys.time - line.time) < CLOCKS_DIFFER_SECONDS
        return lasted is not None and close and abs(seconds - lasted) < CLOCKS_DIFFER_SECONDS
    if route not in ROUTES.get(line.fields["event"], ()):
        return False
    return caddys.time - seconds - 0.01 <= line.time <= caddys.time + 0.01


def tell(lines: list[Line]) -> Iterator[str]:
    """Yield the story, a line for each thing that happened, and in the end what it comes to."""
    begin = lines[0].time
    width = max(len(line.process) for line in lines)
    for line in lines:
        time = datetime.fromtimestamp(line.time).strftime("%H:%M:%S.%f")[:-3]
        head = f"{time} {line.time - begin:+10.3f} s  {line.process:<{width}}"
        yield f"{head}  {_words(line.fields)}  {_pairs(_told(line.fields))}".rstrip()
        if quality := _quality(line.fields):
            yield f"{'':{len(head)}}  quality  {_pairs(quality)}"
    yield _sum(lines)


def _words(fields: dict[str, Any]) -> str:
    if "route" in fields:
        return f"{fields.get('request', {}).get('method', '')} {fields['route']} {fields.get('status', '')}"
    if fields["event"] == "call event":
        return f"event: {fields.get('leg') or 'call'} {fields.get('status')}"
    words = WORDS.get(fields["event"], fields["event"])
    return words if fields["level"] == "info" else f"{str(fields['level']).upper()} {words}"


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    quality = _quality(fields)
    if "route" in fields:
        return {"duration_seconds": round(float(fields.get("duration", 0)), 3)}
    return {name: value for name, value in fields.items() if name not in LEFT_OUT and name not in quality}


def _quality(fields: dict[str, Any]) -> dict[str, Any]:
    if fields["event"] != "call ended":
        return {}
    return {name: value for name, value in fields.items() if name not in LEFT_OUT and name not in END}


def _pairs(fields: dict[str, Any]) -> str:
    shown = {name: str(value)[:8] if name == "connection" else value for name, value in fields.items()}
    return " ".join(f"{name}={value}" for name, value in shown.items() if value is not None)


def _sum(lines: list[Line]) -> str:
    starts = [line for line in lines if line.fields["event"] == "call started"]
    silences = [later.time - _ended(earlier, later, lines) for earlier, later in pairwise(starts)]
    moves = sum(line.fields["event"] == "call moved" for line in lines)
    whole, silent = lines[-1].time - lines[0].time, sum(silence for silence in silences if silence > 0)
    return f"In {whole:.3f} s: sockets {len(starts)}, moves {moves}, between two sockets {silent:.3f} s."


def _ended(started: Line, later: Line, lines: list[Line]) -> float:
    """Return when a socket ended: an engine that was killed says nothing, so the platform's event counts as well."""
    for line in lines:
        if line.fields["event"] == "call ended" and line.fields["connection"] == started.fields["connection"]:
            return line.time
    reports = [line.time for line in lines if line.fields.get("status") == "disconnected"]
    return next((time for time in reports if started.time < time < later.time), later.time)


def explain_nothing(lines: list[Line], uuid: str) -> str:
    """Return why there may be no story."""
    if not lines:
        return "No line of JSON was read. Pass the logs of all processes, as files or on stdin."
    first, last = (datetime.fromtimestamp(pick(line.time for line in lines)) for pick in (min, max))
    return (
        f"No line names {uuid}. {len(lines)} lines were read, from {first:%d %B %H:%M:%S} to {last:%d %B %H:%M:%S}. "
        "The call came before or after, or LOG_LEVEL is above INFO, or a log is missing."
    )


def main(arguments: list[str]) -> int:
    """Print a call's story; return 1 if there is none, 64 if the command was wrong."""
    if not arguments or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 64
    uuid, *files = arguments
    read: Iterable[str] = chain.from_iterable(map(_text, files)) if files else sys.stdin
    lines = [line for text in read if (line := parse_line(text)) is not None]
    story = lines_of_call(lines, uuid)
    if not story:
        print(explain_nothing(lines, uuid), file=sys.stderr)
        return 1
    print(*tell(story), sep="\n")
    return 0


def _text(file: str) -> Iterator[str]:
    with open(file, errors="replace") as opened:
        yield from opened


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
