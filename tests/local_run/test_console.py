"""What a person reads of the processes' lines, and what a pipe or a file gets."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_run.console import Console, parse, terminal_line, worth_showing

OURS = {"timestamp": "2026-11-24T23:26:58.150723Z", "level": "info", "logger": "webhooks", "event": "call event"}


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def shown(process: str = "webhooks", **fields: Any) -> str:
    return terminal_line(parse(process, json.dumps(OURS | fields)), colored=False)


def test_what_caddy_says_before_it_has_read_its_file_has_our_keys() -> None:
    fields = parse("caddy", '{"level": "warn", "ts": 1795562475.4, "msg": "using config from file"}')
    assert {"level": "warning", "process": "caddy", "event": "using config from file"}.items() <= fields.items()


@pytest.mark.parametrize("text", ["Traceback (most recent call last):", "[1, 2]", '{"half": ', "[" * 50_000, ""])
def test_text_is_an_error(text: str) -> None:
    fields = parse("echo-engine", text)
    assert (fields["level"], fields["process"], fields["event"]) == ("error", "echo-engine", text)


def test_a_line_has_the_local_time_the_process_the_calls_short_id_the_event_and_the_fields() -> None:
    line = shown(conversation_uuid="CON-5f9c01aa-3f6b", uuid="a", status="started", reason="no answer", gap=0.123456)
    assert line == '00:26:58 webhooks    5f9c01aa  call event  status=started reason="no answer" gap=0.1235'


def test_a_request_is_its_method_and_route() -> None:
    fields = {"logger": "http.log.access", "route": "/socket", "request": {"method": "GET"}, "status": 503}
    assert shown("caddy", level="error", **fields) == "00:26:58 caddy                 ERROR  GET /socket  status=503"


def test_a_warning_stands_out_and_a_traceback_stays_readable() -> None:
    lines = shown(level="error", event="failed", exception="Traceback:\n  File\nZeroDivisionError").splitlines()
    assert lines == [
        "00:26:58 webhooks              ERROR  failed",
        "    Traceback:",
        "      File",
        "    ZeroDivisionError",
    ]


@pytest.mark.parametrize("place", ["event", "reason", "exception", "conversation_uuid"])
def test_no_text_steers_the_terminal(place: str) -> None:
    assert shown(**{place: "\033[2J\x9b\u202e"}).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("process", "fields", "worthy"),
    [
        ("caddy", {"logger": "tls", "event": "cleaning storage unit"}, False),
        ("caddy", {"logger": "admin", "level": "warning", "event": "admin endpoint disabled"}, False),
        ("caddy", {"logger": "http.log.access", "event": "handled request"}, True),
        ("caddy", {"logger": "http.log.error", "level": "error"}, True),
        ("webhooks", {"logger": "gunicorn.error", "event": "Booting worker with pid: 12"}, False),
        ("webhooks", {"logger": "gunicorn.error", "level": "error", "event": "Worker was sent SIGKILL!"}, True),
        ("webhooks", {}, True),
    ],
)
def test_nobody_needs_the_lines_about_others_inner_work(process: str, fields: dict[str, str], worthy: bool) -> None:
    assert worth_showing(parse(process, json.dumps(OURS | fields))) is worthy


def test_the_last_lines_explain_an_end(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as log:
        console = Console(log.fileno())
        for number in range(100):
            console.show("webhooks", b"line %d\n" % number)
        explanation = console.explanation("webhooks", 1).splitlines()
        assert explanation[0] == "webhooks ended by itself (exit code 1). Its last lines:"
        assert explanation[1:] == [f"  line {number}" for number in range(88, 100)]
        assert console.explanation("caddy", -9) == "caddy ended by itself (killed by SIGKILL). It did not say why."
    assert len((tmp_path / "log").read_text().splitlines()) == 100


def test_a_full_disk_is_no_closed_terminal() -> None:
    with open("/dev/full", "wb") as full:
        console = Console(full.fileno())
        console.show("webhooks", b"text")
        assert not console.reader_gone
    reading, writing = os.pipe()
    console = Console(writing)
    os.close(reading)
    console.show("webhooks", b"text")
    assert console.reader_gone
    os.close(writing)
