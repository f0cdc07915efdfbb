"""Tells what became of one call, from the logs of all processes; Python is all that it needs.

Usage: docker compose exec -T webhooks grep -r "" /app/logs | python3 -m observability.story UUID
       python3 -m observability.story UUID FILE...

UUID is the call's or its conversation's. Lines may begin with a process's name, as those of `docker compose logs` do.
"""
# ruff: noqa: T201  # it speaks to a person at a terminal

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, pairwise
from typing import Any

from observability.log_lines import NAMES, Line, lines_of_call, parse_line

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
    moves = sum(line.fields["event"] == "call moved" for line in lines)
    whole = lines[-1].time - lines[0].time
    if missing := _missing(lines, starts):
        return f"In {whole:.3f} s: sockets {len(starts)}, moves {moves}. Lines are missing: {missing}."
    silences = [later.time - _ended(earlier, later, lines) for earlier, later in pairwise(starts)]
    silent = sum(silence for silence in silences if silence > 0)
    return f"In {whole:.3f} s: sockets {len(starts)}, moves {moves}, between two sockets {silent:.3f} s."


def _missing(lines: list[Line], starts: list[Line]) -> str:
    """Return which lines a whole story would have; an engine that was killed couldn't write its last one."""
    started = {line.fields["connection"] for line in starts}
    ended = {line.fields["connection"] for line in lines if line.fields["event"] == "call ended"}
    reported = sum(line.fields.get("status") == "disconnected" for line in lines)
    answered = any(line.fields["event"] == "call answered" for line in lines)
    missing = [
        "the answer of the webhooks" if started and not answered else "",
        "the start of a socket" if ended - started else "",
        "the end of a socket" if len(started - ended) > reported else "",
    ]
    return ", ".join(filter(None, missing))


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
    """Print a call's story; return 1 if there is none, 64 if the command or a file was wrong."""
    if not arguments or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 64
    uuid, *files = arguments
    read: Iterable[str] = chain.from_iterable(map(_text, files)) if files else sys.stdin
    try:
        lines = [line for text in read if (line := parse_line(text)) is not None]
    except OSError as error:
        print(f"{error.filename} can't be read: {error.strerror}. Name the files of the logs.", file=sys.stderr)
        return 64
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
