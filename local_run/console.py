"""Prints the lines of the processes: for a person on a terminal, as JSON lines into a pipe or a file."""

import json
import os
import signal
import sys
from collections import defaultdict, deque
from datetime import UTC, datetime
from typing import Any

from shared.logs import LineFile

FIRST = ("timestamp", "level", "process", "logger", "event")
CALL_IDS = ("conversation_uuid", "call_uuid", "uuid")  # the first of these is the same in all lines of a call
LEFT_OUT = {*FIRST, *CALL_IDS, "connection", "exception", "request", "route", "bytes_read", "user_id", "size"}
COLORS = {"warning": "\033[1;33m", "error": "\033[1;31m", "critical": "\033[1;31m"}


def parse(process: str, text: str) -> dict[str, Any]:
    """Return the fields of a line. Text that is not a JSON object is an error: processes print it only on failure."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        fields = {"level": "error", "logger": "text", "event": text}
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if "msg" in fields:  # Caddy hasn't read the Caddyfile yet
        fields = {"event": fields.pop("msg")} | {name: value for name, value in fields.items() if name != "ts"}
    fields = {"timestamp": now, "level": "info", "event": ""} | fields | {"process": process}
    fields["level"] = {"warn": "warning", "fatal": "error"}.get(fields["level"], fields["level"])
    return {name: fields[name] for name in FIRST if name in fields} | fields


def worth_showing(fields: dict[str, Any]) -> bool:
    """Return whether to show a line to a person; those about the inner work of Caddy and gunicorn are left out."""
    if fields["process"] == "caddy" and fields.get("logger") not in ("http.log.access", "local_run"):
        return bool(fields["level"] == "error")
    return fields["level"] != "info" or not str(fields.get("logger")).startswith("gunicorn")


def terminal_line(fields: dict[str, Any], colored: bool) -> str:
    """Return `14:03:21 webhooks    5f9c01aa  call moved  failures=2`, and under it the traceback if there is one."""
    time = datetime.fromisoformat(fields["timestamp"]).astimezone().strftime("%H:%M:%S")
    call = next((str(fields[name]) for name in CALL_IDS if fields.get(name)), "").removeprefix("CON-")
    head, text = f"{time} {fields['process']:<11}", f"{_visible(call[:8]):<8}  {words(fields)}"
    return f"\033[2m{head}\033[0m {COLORS.get(fields['level'], '')}{text}\033[0m" if colored else f"{head} {text}"


def words(fields: dict[str, Any]) -> str:
    """Return what happened: the level if it is a warning or worse, the event, the other fields, the traceback."""
    level = fields["level"].upper() if fields["level"] in COLORS and fields.get("logger") != "text" else ""
    event = f"{fields['request']['method']} {fields['route']}" if "route" in fields else str(fields["event"])
    rest = {name: value for name, value in fields.items() if name not in LEFT_OUT and value is not None}
    pairs = " ".join(f"{name}={_value(value)}" for name, value in rest.items())
    traceback = (f"    {_visible(line)}" for line in str(fields.get("exception", "")).splitlines())
    return "\n".join(["  ".join(filter(None, (level, _visible(event), pairs))), *traceback])


def _value(value: Any) -> str:
    plain = isinstance(value, str) and value.isprintable() and value and not set(value) & set(' "=')
    return f"{value:.4g}" if isinstance(value, float) else str(value) if plain else json.dumps(value)


def _visible(text: str) -> str:
    """Return the text with escapes for what isn't printable: a stranger's text must not steer the terminal."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text.expandtabs())


class Console(LineFile):
    """Where all lines go. It keeps the last ones of each process, to explain why one has ended."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor)
        self._for_a_person = os.isatty(descriptor)
        self._colored = not os.environ.get("NO_COLOR")  # https://no-color.org
        self._last: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=12))

    def show(self, process: str, line: bytes) -> None:
        self._print(parse(process, line.decode("utf-8", "replace").rstrip("\r\n")))

    def report(self, process: str, event: str, **values: Any) -> None:
        """Print what local_run itself has to say about a process."""
        self._print(parse(process, json.dumps({"logger": "local_run", "event": event} | values)))

    def explanation(self, process: str, exit_code: int) -> str:
        """Return how a process ended by itself, and what it printed last."""
        how = f"killed by {signal.Signals(-exit_code).name}" if exit_code < 0 else f"exit code {exit_code}"
        lines = [f"  {part}" for line in self._last[process] for part in line.splitlines()]
        said = "Its last lines:" if lines else "It did not say why."
        return "\n".join([f"{process} ended by itself ({how}). {said}", *lines])

    def _print(self, fields: dict[str, Any]) -> None:
        worthy = worth_showing(fields)
        if worthy and fields.get("logger") != "local_run":
            self._last[fields["process"]].append(words(fields))
        if worthy or not self._for_a_person:
            self.write((terminal_line(fields, self._colored) if self._for_a_person else json.dumps(fields)) + "\n")


def tell(message: str) -> None:
    """Print a message to the person who started local_run; stdout is for the processes' lines."""
    print(message, file=sys.stderr, flush=True)  # noqa: T201
