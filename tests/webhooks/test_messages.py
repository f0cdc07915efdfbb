from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from webhooks.fields import Fields
from webhooks.messages import (
    KINDS,
    STATUSES,
    Event,
    FailedRequest,
    IncomingCall,
    parse_event,
    parse_failed_request,
    parse_incoming_call,
)


def event(fields: Fields, *, about_connect: bool = False) -> Event:
    parsed = parse_event(fields, about_connect=about_connect)
    assert parsed is not None
    return parsed


# An incoming call


def test_a_call_with_all_its_fields() -> None:
    fields = {"from": "447700900002", "to": 447700900001, "uuid": "u-1", "conversation_uuid": "CON-1", "new": "x"}
    assert parse_incoming_call(fields) == IncomingCall("u-1", "CON-1", "447700900001")


@pytest.mark.parametrize("fields", [{}, {"uuid": 7, "conversation_uuid": ["a"], "to": {}}, {"uuid": "a b"}])
def test_a_call_without_a_name_gets_one_of_its_own(fields: Fields) -> None:
    calls = [parse_incoming_call(fields) for _ in range(2)]
    assert len({call.uuid for call in calls}) == 2
    assert {(call.conversation_uuid, call.to) for call in calls} == {(None, None)}


# Events


def test_event_of_the_caller() -> None:
    assert event(
        {
            "from": "447700900002",
            "to": "447700900001",
            "uuid": "u-1",
            "conversation_uuid": "CON-1",
            "status": "completed",
            "direction": "inbound",
            "duration": "12",
            "rate": None,
            "timestamp": "2026-11-22T17:00:00.000Z",
        }
    ) == Event("completed", "completed", "phone", "u-1", "CON-1", None)


def test_event_of_the_socket() -> None:
    fields = {"to": "WSS://host/socket?token=x", "uuid": "u-2", "status": "failed", "reason": "refused", "headers": {}}
    assert event(fields) == Event("failed", "failed", "websocket", "u-2", None, "refused")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        *(({"status": status}, status) for status in STATUSES),
        ({"status": "teleported"}, "other"),
        ({"status": "transcribed", "transcription_url": "https://api/1"}, "transcribed"),
        ({"status": "completed", "sip_code": 200, "disconnected_by": "user", "headers": {}}, "completed"),
        ({"type": "audio:record:done", "body": {"recording_id": "1"}}, "rtc"),
        ({"speech": {"error": "Speech was not enabled"}, "dtmf": {"digits": "12", "timed_out": True}}, "input"),
        ({"uuid": "u-1"}, "other"),
        ({"conversation_uuid": "CON-1", "status": None, "reason": ""}, "other"),
        ({"conversation_uuid_from": "CON-1", "conversation_uuid_to": "CON-2", "uuid": "u-1"}, "transfer"),
        ({"recording_url": "https://api/1", "size": 12, "conversation_uuid": "CON-1"}, "record"),
        ({"dtmf": {"digits": "42", "timed_out": True}, "uuid": "u-1"}, "input"),
        ({"dtmf": "42"}, "input"),
        ({"dtmf": None, "speech": {"results": []}}, "input"),
        ({"reason": "Syntax error in NCCO.", "conversation_uuid": "CON-1", "timestamp": "2026"}, "ncco_rejected"),
        ({"reason": "busy here", "status": "busy"}, "busy"),
    ],
)
def test_kinds(fields: Fields, kind: str) -> None:
    assert event(fields).kind == kind
    assert kind in KINDS


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"reason": "Too many requests"}, "connect_refused"),
        ({"reason": "Syntax error in NCCO. Invalid value type or action."}, "ncco_rejected"),
        ({"reason": "Too many requests", "status": "rejected"}, "rejected"),
        ({"reason": "Too many requests", "status": "teleported"}, "other"),
        ({"reason": "", "uuid": "u-1"}, "other"),
        ({"reason": "recorded", "recording_url": "https://api/1"}, "record"),
    ],
)
def test_a_reason_alone_about_a_connect_is_a_refusal(fields: Fields, kind: str) -> None:
    assert event(fields, about_connect=True).kind == kind
    assert kind in KINDS


@pytest.mark.parametrize("fields", [{}, {"to": "447700900001"}, {"status": None, "uuid": ""}, {"hello": "world"}])
def test_no_event(fields: Fields) -> None:
    assert parse_event(fields) is None


@pytest.mark.parametrize("name", ["reason", "uuid", "conversation_uuid"])
@pytest.mark.parametrize("value", [7, ["a"], {}])
def test_a_field_of_the_wrong_type_counts_as_missing(name: str, value: object) -> None:
    assert event({"recording_url": "https://api/1", name: value}) == event({"recording_url": "x"})


@pytest.mark.parametrize("status", [7, ["failed"], {}, "not answered", "447700900002", "é"])
def test_a_status_that_is_none_is_unknown(status: object) -> None:
    parsed = event({"status": status, "reason": "x"}, about_connect=True)
    assert (parsed.kind, parsed.log_fields["status"]) == ("other", "unknown")


@pytest.mark.parametrize(
    ("to", "headers", "leg"),
    [
        (442079460000, None, "phone"),
        ("sip:someone@host", None, "phone"),
        (["a", "b"], None, None),
        (None, {"call_uuid": "u-1"}, "websocket"),
        (["wss://host", "wss://host/"], {"call_uuid": "a b"}, "websocket"),
        (7, {"call_uuid": "u-1"}, "websocket"),
        ("host/socket", {"call_uuid": "u-1"}, "websocket"),
        ("+442079460000", {"call_uuid": "u-1"}, "phone"),
        (None, {"another": "u-1"}, None),
        (None, ["call_uuid"], None),
    ],
)
def test_the_leg(to: object, headers: object, leg: str | None) -> None:
    assert event({"status": "failed", "to": to, "headers": headers}).leg == leg


def test_a_reason_of_the_wrong_type_about_a_connect_is_a_refusal() -> None:
    assert event({"reason": 429}, about_connect=True).kind == "connect_refused"


def test_nothing_that_was_sent_is_logged_as_it_was() -> None:
    fields = {
        "status": "447700900002",
        "uuid": "447-700-900-002",
        "conversation_uuid": "CON-447700900002",
        "reason": "Jane",
    }
    assert event(fields).log_fields == {
        "status": "unknown",
        "leg": None,
        "uuid": "withheld",
        "conversation_uuid": "withheld",
        "reason": "…",
    }


# What a webhook has failed

URL = "https://u:p@echo.example.com/webhooks/answer"


def test_a_failed_request_as_the_platform_documents_it() -> None:
    fields = {
        "reason": "Connection timed out after Jane Doe",
        "original_request": {"url": f"{URL}?from=447700900002", "type": "GET"},
        "uuid": "u-1",
        "conversation_uuid": "CON-447700900002",
        "from": "447700900002",
    }
    failed = parse_failed_request(fields)
    assert failed.query == {}
    assert failed.log_fields == {
        "reason": "Connection timed out …",
        "original_path": "/webhooks/answer",
        "uuid": "u-1",
        "conversation_uuid": "withheld",
    }


@pytest.mark.parametrize("path", ["/webhooks/events", "/webhooks/event"])
@pytest.mark.parametrize(
    "spell",
    [
        lambda url: {"original_request": {"url": url}},
        lambda url: {"original_request": json.dumps({"url": url, "type": "GET"})},
        lambda url: {"original_request[url]": url},
        lambda url: {"original_request.url": url},
        lambda url: {"original_request_url": url},
    ],
)
def test_a_failed_event_has_the_query_of_its_url(path: str, spell: Callable[[str], Fields]) -> None:
    failed = parse_failed_request(spell(f"https://echo.example.com{path}?due=1&call=u-1"))
    assert (failed.path, failed.query) == (path, {"due": "1", "call": "u-1"})


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({}, None),
        ({"original_request": None, "reason": None}, None),
        *(({"original_request": text}, None) for text in ("not JSON", "[" * 10_000, "7", ["a"], {"url": 7})),
        *(
            ({"original_request": {"url": url}}, "unknown")
            for url in ("", "https://[", "wss://h/socket?due=1", "/a?due=1")
        ),
        ({"reason": ["a"], "uuid": 7, "conversation_uuid": "odd characters"}, None),
    ],
)
def test_malformed_fields_are_left_out(fields: Fields, path: str | None) -> None:
    assert parse_failed_request(fields) == FailedRequest(None, path, {}, None, None)
