from __future__ import annotations

import pytest
from werkzeug.exceptions import BadRequest

from webhooks.event import KINDS, STATUSES, Event, parse_event
from webhooks.fields import Fields


def test_event_of_the_caller() -> None:
    event = parse_event(
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
    )
    assert event == Event("completed", "completed", "phone", "u-1", "CON-1", None)


def test_event_of_the_socket() -> None:
    fields = {"to": "WSS://host/socket?token=x", "uuid": "u-2", "status": "failed", "reason": "refused", "headers": {}}
    assert parse_event(fields) == Event("failed", "failed", "websocket", "u-2", None, "refused")


def test_every_field_of_an_event_may_be_logged() -> None:
    fields = {"to": "wss://host/socket?token=x", "status": "failed", "reason": "wss://host/socket?token=x refused"}
    assert parse_event(fields).log_fields == {
        "status": "failed",
        "leg": "websocket",
        "uuid": None,
        "conversation_uuid": None,
        "reason": "wss://host/socket… refused",
    }


def test_an_event_without_a_status_is_logged_by_its_kind() -> None:
    assert parse_event({"recording_url": "https://api/1"}).log_fields["status"] == "record"


@pytest.mark.parametrize("status", STATUSES)
def test_known_statuses(status: str) -> None:
    assert parse_event({"status": status}).kind == status


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"status": "teleported"}, "other"),
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
    assert parse_event(fields).kind == kind
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
    assert parse_event(fields, about_connect=True).kind == kind
    assert kind in KINDS


@pytest.mark.parametrize("fields", [{}, {"to": "447700900001"}, {"status": None, "uuid": ""}, {"hello": "world"}])
def test_no_event(fields: Fields) -> None:
    with pytest.raises(BadRequest, match="no call event"):
        parse_event(fields)


@pytest.mark.parametrize("name", ["reason", "uuid", "conversation_uuid"])
@pytest.mark.parametrize("value", [7, ["a"], {}])
def test_a_field_of_the_wrong_type_counts_as_missing(name: str, value: object) -> None:
    assert parse_event({"recording_url": "https://api/1", name: value}) == parse_event({"recording_url": "x"})


@pytest.mark.parametrize("status", [7, ["failed"], {}, "not answered", "447700900002", "é"])
def test_a_status_that_is_none_is_unknown(status: object) -> None:
    event = parse_event({"status": status, "reason": "x"}, about_connect=True)
    assert (event.kind, event.log_fields["status"]) == ("other", "unknown")


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
    assert parse_event({"status": "failed", "to": to, "headers": headers}).leg == leg


def test_a_reason_of_the_wrong_type_about_a_connect_is_a_refusal() -> None:
    assert parse_event({"reason": 429}, about_connect=True).kind == "connect_refused"


def test_nothing_that_was_sent_is_logged_as_it_was() -> None:
    fields = {"status": "447700900002", "uuid": "447-700-900-002", "conversation_uuid": "CON-447700900002"}
    assert parse_event(fields).log_fields == {
        "status": "unknown",
        "leg": None,
        "uuid": "withheld",
        "conversation_uuid": "withheld",
        "reason": None,
    }
