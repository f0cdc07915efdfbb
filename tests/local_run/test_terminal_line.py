"""What a person reads of a log line, and which lines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from local_run.log_line import Fields
from local_run.terminal_line import terminal_line, worth_showing


def line(**changes: Any) -> Fields:
    fields = {
        "timestamp": "2026-11-24T23:21:15.436273Z",
        "level": "info",
        "process": "webhooks",
        "logger": "webhooks",
        "event": "call event",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def caddys(**changes: Any) -> Fields:
    return line(**{"process": "caddy", "logger": None} | changes)


def request(**changes: Any) -> Fields:
    asked = {"remote_ip": "127.0.0.1", "remote_port": "40000", "proto": "HTTP/1.1", "method": "GET"}
    fields = {"logger": "http.log.access", "event": "handled request", "request": asked, "bytes_read": 0, "size": 9}
    return caddys(**fields | {"duration": 0.00451, "status": 200, "route": "/webhooks/answer"} | changes)


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def shown(fields: Fields) -> str:
    return terminal_line(fields, coloured=False)


def test_it_has_the_local_time_the_process_the_calls_short_id_the_event_and_the_fields() -> None:
    fields = line(conversation_uuid="CON-5f9c01aa-3f6b", uuid="aaaaaaaa-bb", status="started", leg="phone", reason=None)
    assert shown(fields) == "00:21:15 webhooks    5f9c01aa  call event  status=started leg=phone"


@pytest.mark.parametrize("name", ["conversation_uuid", "call_uuid", "uuid"])
def test_any_name_of_a_call_gives_its_short_id(name: str) -> None:
    assert shown(line(**{name: "5f9c01aa-3f6b"})) == "00:21:15 webhooks    5f9c01aa  call event"


def test_a_line_of_no_call_has_room_for_the_short_id() -> None:
    assert shown(line(process="echo-engine", event="ended")) == "00:21:15 echo-engine           ended"


def test_a_value_with_spaces_is_quoted_and_a_float_is_short() -> None:
    assert shown(line(reason="no answer", gap=0.123456, lost=0, up=True, to="")).endswith(
        '  reason="no answer" gap=0.123 lost=0 up=true to=""'
    )


def test_a_request_is_its_method_route_and_status() -> None:
    assert shown(request()) == "00:21:15 caddy                 GET /webhooks/answer  status=200 duration=0.005"


def test_a_request_that_failed_says_why() -> None:
    fields = request(level="error", status=503, error="dial tcp: refused")
    assert shown(fields).endswith('ERROR  GET /webhooks/answer  status=503 duration=0.005 error="dial tcp: refused"')


def test_an_error_of_caddy_tells_the_requests_method() -> None:
    fields = request(level="error", logger="http.handlers.reverse_proxy", event="aborted", status=502, route=None)
    assert shown(fields).endswith("ERROR  aborted  duration=0.005 status=502 method=GET")


@pytest.mark.parametrize(("level", "colour"), [("warning", "\033[1;33m"), ("error", "\033[1;31m")])
def test_a_warning_stands_out(level: str, colour: str) -> None:
    assert f" {level.upper()}  call event" in shown(line(level=level))
    assert colour in terminal_line(line(level=level), coloured=True)
    assert colour not in terminal_line(line(), coloured=True)


def test_text_of_a_process_that_fails_stays_as_it_is_but_for_its_colour() -> None:
    fields = line(level="error", logger="text", event='  File "x.py", line 1')
    assert shown(fields) == '00:21:15 webhooks                File "x.py", line 1'
    assert "\033[1;31m" in terminal_line(fields, coloured=True)


def test_a_traceback_comes_line_by_line() -> None:
    fields = line(level="error", event="failed", exception="Traceback:\n  File\nZeroDivisionError")
    assert shown(fields).splitlines()[1:] == ["    Traceback:", "      File", "    ZeroDivisionError"]


@pytest.mark.parametrize("place", ["event", "reason", "exception", "conversation_uuid"])
def test_no_text_steers_the_terminal(place: str) -> None:
    text = shown(line(**{place: "\033[2J\x9b\u202e"}))
    assert text.isprintable() or (place == "exception" and text.replace("\n", "").isprintable())
    assert "x1b[2J" in text or "u001b[2J" in text


@pytest.mark.parametrize(
    "fields",
    [
        caddys(event="serving initial configuration"),
        caddys(logger="tls", event="cleaning storage unit"),
        caddys(level="warning", logger="admin", event="admin endpoint disabled"),
        caddys(level="warning", event="exiting; byeee!! 👋"),
        line(logger="gunicorn.error", event="Booting worker with pid: 12"),
        line(logger="local_run", event="signal sent"),
    ],
    ids=lambda fields: fields["event"],
)
def test_what_others_tell_of_their_own_work_is_not_for_a_person(fields: Fields) -> None:
    assert not worth_showing(fields)


@pytest.mark.parametrize(
    "fields",
    [
        line(),
        request(),
        request(level="error", logger="http.log.error"),
        caddys(level="warning", event="something odd"),
        caddys(logger="local_run", event="process started"),
        caddys(level="error", logger="text", event="panic: "),
        line(logger="gunicorn.error", level="error", event="Worker (pid:12) was sent SIGKILL!"),
        line(logger="gunicorn.error", level="debug", event="asked for by LOG_LEVEL"),
        line(logger="local_run", level="warning", event="signal sent"),
    ],
    ids=lambda fields: fields["event"],
)
def test_all_else_is(fields: Fields) -> None:
    assert worth_showing(fields)
