"""One line of a log as its fields: every process's lines get the same keys for time, level and message."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

Fields = dict[str, Any]

OWN_NAME = "local_run"
TEXT = "text"  # stands as the logger of a line that no logger wrote
LEVELS = {"warn": "warning", "dpanic": "error", "panic": "error", "fatal": "error"}  # Caddy's word -> ours
FIRST_KEYS = ("timestamp", "level", "process", "logger", "event")

# What honcho says about the processes.
STARTED = re.compile(r"(?P<process>\S+) started \(pid=(?P<pid>\d+)\)")
ENDED = re.compile(r"(?P<process>\S+) stopped \(rc=(?P<exit_code>-?\d+)\)")
SIGNAL_SENT = re.compile(r"sending (?P<signal>SIG\w+) to (?P<process>\S+) \(pid (?P<pid>\d+)\)")
SIGNAL_RECEIVED = re.compile(r"(?P<signal>SIG\w+) received")
EVENTS = {
    "process started": STARTED,
    "process ended": ENDED,
    "signal sent": SIGNAL_SENT,
    "signal received": SIGNAL_RECEIVED,
}


def parse_line(process: str, line: str, now: datetime) -> Fields:
    """Return the fields of a line that a process printed.

    A line that is no JSON object is an error: the processes log JSON, and print text only when they fail.
    """
    try:
        fields = json.loads(line)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        fields = {"level": "error", "logger": TEXT, "event": line}
    return _ordered({"timestamp": _written(now)} | _translated(fields) | {"process": process})


def parse_honcho(text: str, now: datetime) -> Fields:
    """Return the fields of what honcho says about the processes."""
    level = "warning" if "SIGKILL" in text else "info"
    fields: Fields = {"timestamp": _written(now), "level": level, "process": OWN_NAME, "logger": OWN_NAME}
    matches = ((event, pattern.fullmatch(text)) for event, pattern in EVENTS.items())
    event, said = next(((event, match.groupdict()) for event, match in matches if match), (text, {}))
    numbers = {name: int(said[name]) for name in ("pid", "exit_code") if name in said}
    return _ordered(fields | {"event": event} | said | numbers)


def _translated(fields: Fields) -> Fields:
    """Return the fields with our keys, though Caddy may have written them before it read its Caddyfile."""
    renamed = {{"msg": "event"}.get(name, name): value for name, value in fields.items() if name != "ts"}
    if isinstance(fields.get("ts"), int | float):
        renamed["timestamp"] = _written(datetime.fromtimestamp(fields["ts"], UTC))
    level = str(renamed.get("level", "info"))
    return renamed | {"level": LEVELS.get(level, level), "event": str(renamed.get("event", ""))}


def _written(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _ordered(fields: Fields) -> Fields:
    """Return the fields with the keys first that a reader looks for."""
    return {name: fields[name] for name in FIRST_KEYS if name in fields} | fields
