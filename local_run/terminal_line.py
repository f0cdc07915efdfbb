"""The form of a log line that a person reads: `14:03:21 webhooks    5f9c01aa  call moved  attempt=2`."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from local_run.log_line import FIRST_KEYS, OWN_NAME, TEXT, Fields

REQUEST_LOGGER = "http.log.access"  # Caddy's
CALL_NAMES = ("conversation_uuid", "call_uuid", "uuid")  # the first of these is the same in all lines of a call
SHORT = 8  # characters
LEFT_OUT = {*FIRST_KEYS, *CALL_NAMES, "connection", "exception", "request", "bytes_read", "user_id", "size"}
# Caddy warns of both every time, and both are meant.
EXPECTED = ("admin endpoint disabled", "exiting; byeee!! 👋")
DIM, RED, YELLOW, PLAIN = "\033[2m", "\033[1;31m", "\033[1;33m", "\033[0m"
COLOURS = {"warning": YELLOW, "error": RED, "critical": RED}


def worth_showing(fields: Fields) -> bool:
    """Tell whether a person needs a line; nobody needs the lines about the inner work of Caddy, gunicorn and honcho."""
    if fields["event"] in EXPECTED:
        return False
    logger = str(fields.get("logger", ""))
    inner_work = (
        (fields["process"] == "caddy" and logger not in (REQUEST_LOGGER, OWN_NAME))
        or logger.startswith("gunicorn")
        or fields["event"] == "signal sent"
    )
    return not (inner_work and fields["level"] == "info")


def terminal_line(fields: Fields, *, coloured: bool) -> str:
    """Return the line, and under it the traceback if there is one."""
    time = datetime.fromisoformat(fields["timestamp"]).astimezone().strftime("%H:%M:%S")
    head = f"{time} {fields['process']:<11}"
    text = f"{call_id(fields):<{SHORT}}  {words(fields)}"
    if not coloured:
        return f"{head} {text}"
    colour = COLOURS.get(fields["level"], "")
    return f"{DIM}{head}{PLAIN} {colour}{text}{PLAIN if colour else ''}"


def words(fields: Fields) -> str:
    """Return what happened: the level if it is a warning or worse, the event, the other fields, the traceback."""
    stands_out = fields["level"] in COLOURS and fields.get("logger") != TEXT
    level = fields["level"].upper() if stands_out else ""
    event = _request(fields) if "route" in fields else fields["event"]
    pairs = " ".join(f"{name}={_value(value)}" for name, value in _rest(fields).items())
    line = "  ".join(part for part in (level, _visible(event), pairs) if part)
    traceback = str(fields.get("exception", "")).splitlines()
    return "\n".join([line, *(f"    {_visible(part)}" for part in traceback)])


def call_id(fields: Fields) -> str:
    """Return the first characters of the call's name, the same in the lines of all processes."""
    name = next((str(fields[name]) for name in CALL_NAMES if fields.get(name)), "")
    return _visible(name.removeprefix("CON-")[:SHORT])


def _rest(fields: Fields) -> Fields:
    """Return what no other part of the line says."""
    rest = {name: value for name, value in fields.items() if name not in LEFT_OUT and value is not None}
    if "route" in rest:
        del rest["route"]
        return {"status": rest.pop("status", None)} | rest
    return rest | ({"method": fields["request"]["method"]} if "request" in fields else {})


def _request(fields: Fields) -> str:
    """Return the method and the route of a request that Caddy has handled."""
    return f"{fields['request']['method']} {fields['route']}"


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{round(value, 3):g}"
    if isinstance(value, str) and value.isprintable() and value and not set(value) & set(' "='):
        return value
    return json.dumps(value)


def _visible(text: str) -> str:
    """Return the text with escapes for what isn't printable: strangers' texts must not steer the terminal."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text.expandtabs())
