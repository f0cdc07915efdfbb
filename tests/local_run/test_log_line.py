"""Lines of all origins get the same keys."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from local_run.log_line import parse_honcho, parse_line

NOW = datetime(2026, 11, 24, 23, 30, 1, 5, UTC)
OURS = {"timestamp": "2026-11-24T23:26:58.150723Z", "level": "warning", "logger": "webhooks", "event": "e", "status": 4}


def test_a_line_of_ours_gets_its_process() -> None:
    assert parse_line("webhooks", json.dumps(OURS), NOW) == OURS | {"process": "webhooks"}


def test_a_reader_finds_the_time_level_process_and_event_first() -> None:
    fields = parse_line("webhooks", json.dumps(dict(reversed(OURS.items()))), NOW)
    assert list(fields) == ["timestamp", "level", "process", "logger", "event", "status"]


@pytest.mark.parametrize(
    ("level", "ours"), [("info", "info"), ("warn", "warning"), ("error", "error"), ("fatal", "error")]
)
def test_what_caddy_says_before_it_has_read_its_file_is_translated(level: str, ours: str) -> None:
    line = json.dumps({"level": level, "ts": 1795562475.4362726, "msg": "using config from file", "file": "Caddyfile"})
    assert parse_line("caddy", line, NOW) == {
        "timestamp": "2026-11-24T23:21:15.436273Z",
        "level": ours,
        "process": "caddy",
        "event": "using config from file",
        "file": "Caddyfile",
    }


@pytest.mark.parametrize("text", ["Traceback (most recent call last):", "[1, 2]", "17", '{"half": ', ""])
def test_text_is_an_error(text: str) -> None:
    assert parse_line("echo-engine", text, NOW) == {
        "timestamp": "2026-11-24T23:30:01.000005Z",
        "level": "error",
        "process": "echo-engine",
        "logger": "text",
        "event": text,
    }


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("echo-engine started (pid=12)", {"event": "process started", "process": "echo-engine", "pid": 12}),
        ("caddy stopped (rc=-9)", {"event": "process ended", "process": "caddy", "exit_code": -9}),
        ("SIGINT received", {"event": "signal received", "process": "local_run", "signal": "SIGINT"}),
        ("sending SIGTERM to caddy (pid 12)", {"event": "signal sent", "process": "caddy", "pid": 12, "level": "info"}),
        ("sending SIGKILL to caddy (pid 12)", {"event": "signal sent", "signal": "SIGKILL", "level": "warning"}),
        ("something new", {"event": "something new", "process": "local_run", "level": "info"}),
    ],
)
def test_what_honcho_says_is_an_event_with_fields(text: str, fields: dict[str, Any]) -> None:
    parsed = parse_honcho(text, NOW)
    assert parsed["logger"] == "local_run"
    assert parsed["timestamp"] == "2026-11-24T23:30:01.000005Z"
    assert fields.items() <= parsed.items()
