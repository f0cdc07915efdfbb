from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from tests.harness.forge import SIGNATURE_SECRET, signature
from tests.webhooks.calls import event_url, metric, query, report, request_answer, shape, socket_event
from tests.webhooks.conftest import NOW, MakeClient
from webhooks import create_app
from webhooks.public_address import ANSWER_PATHS, EVENTS_PATHS, FALLBACK_PATHS
from webhooks.settings import WebhooksSettings

CALLER = "447700900002"
OURS = "447700900001"
CALL = {"from": CALLER, "to": OURS, "uuid": "u-1", "conversation_uuid": "CON-1", "region_url": "https://api.example"}
METHODS = ["GET", "POST"]
PATHS = [*ANSWER_PATHS, *EVENTS_PATHS, *FALLBACK_PATHS]


def send(client: FlaskClient, method: str, path: str, fields: dict[str, Any], **options: Any) -> Any:
    if method == "GET":
        return client.get(path, query_string=fields, **options)
    return client.post(path, json=fields, **options)


# Answers


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ANSWER_PATHS)
def test_answer(client: FlaskClient, method: str, path: str, logged: list[dict[str, Any]]) -> None:
    response = send(client, method, path, CALL, base_url="https://echo.example.com")
    assert (response.status_code, response.content_type) == (200, "application/json")
    talk, connect = response.json
    text = "Please wait while we connect you to the echo server"
    assert talk == {"action": "talk", "text": text, "language": "en-US"}
    assert connect["from"] == OURS
    assert connect["eventUrl"][0].startswith("https://echo.example.com/webhooks/events?due=")
    (endpoint,) = connect["endpoint"]
    assert endpoint["uri"] == "wss://echo.example.com/socket"
    assert endpoint["content-type"] == "audio/l16;rate=16000"
    assert endpoint["headers"] == {"call_uuid": "u-1", "conversation_uuid": "CON-1"}
    assert CALLER not in response.text
    assert [(line["event"], line["uuid"], line["conversation_uuid"]) for line in logged] == [
        ("call answered", "u-1", "CON-1")
    ]
    assert metric(client, "webhooks_calls_answered_total") == 1
    again = send(client, method, path, CALL, base_url="https://echo.example.com").json
    assert query(again) == query(response.json), "a repeated request gets the same answer"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fields", [{}, {"from": "anonymous"}, {"unknown": "x"}, {"uuid": "a b", "to": "x"}])
def test_answer_without_the_usual_fields(client: FlaskClient, method: str, fields: dict[str, str]) -> None:
    talk, connect = send(client, method, "/webhooks/answer", fields).json
    assert (talk["action"], connect["action"]) == ("talk", "connect")
    assert "from" not in connect
    assert connect["endpoint"][0]["headers"]["call_uuid"]


def test_answer_takes_fields_of_any_type(client: FlaskClient, logged: list[dict[str, Any]]) -> None:
    fields = {"uuid": 7, "conversation_uuid": ["a"], "from": {"a": CALLER}, "to": int(OURS)}
    connect = client.post("/webhooks/answer", json=fields).get_json()[-1]
    assert connect["from"] == OURS
    ignored = {"from": "object", "uuid": "number", "conversation_uuid": "array"}
    assert logged[0] == {"event": "fields ignored", "level": "warning", "fields": ignored}
    assert CALLER not in str(logged)


def test_answer_as_set(make_client: MakeClient) -> None:
    client = make_client(
        PUBLIC_URL="https://set.example", SAMPLE_RATE="8000", GREETING="Grüß Gott", GREETING_LANGUAGE="de-DE"
    )
    talk, connect = client.get("/webhooks/answer", headers={"Host": "bad host"}).get_json()
    assert (talk["text"], talk["language"]) == ("Grüß Gott", "de-DE")
    assert connect["eventUrl"][0].startswith("https://set.example/webhooks/events?due=")
    assert connect["endpoint"][0]["uri"] == "wss://set.example/socket"
    assert connect["endpoint"][0]["content-type"] == "audio/l16;rate=8000"


def test_answer_to_a_malformed_host(client: FlaskClient) -> None:
    response = client.get("/webhooks/answer", headers={"Host": "user@host"})
    assert response.status_code == 400
    assert "Host header" in response.get_json()["error"]


def test_a_request_reads_the_clock_once() -> None:
    times = [NOW + 3600 * reading for reading in range(3)]
    readings = iter(times)
    settings = WebhooksSettings.model_validate({"VONAGE_SIGNATURE_SECRET": SIGNATURE_SECRET})
    client = create_app(settings, lambda: next(readings)).test_client()
    for now in times:
        headers = {"Authorization": f"Bearer {signature(b'{}', iat=now)}"}
        ncco = client.get("/webhooks/answer", headers=headers).get_json()
        assert query(ncco)["due"] == f"{now + 3.4:.3f}"


# Events


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", EVENTS_PATHS)
def test_event(client: FlaskClient, method: str, path: str, logged: list[dict[str, Any]]) -> None:
    response = send(client, method, path, {**CALL, "status": "ringing", "direction": "inbound"})
    assert (response.status_code, response.data) == (204, b"")
    (line,) = logged
    assert line == {
        "event": "call event",
        "level": "info",
        "status": "ringing",
        "leg": "phone",
        "uuid": "u-1",
        "conversation_uuid": "CON-1",
        "reason": None,
    }
    assert metric(client, 'webhooks_events_total{sender="unproven",status="ringing"}') == 1
    assert send(client, method, path, {}).status_code == 400


def test_rejected_ncco_is_loud_also_at_a_connects_url(client: FlaskClient, logged: list[dict[str, Any]]) -> None:
    event = {"reason": "Syntax error in NCCO. Invalid value type or action.", "conversation_uuid": "CON-1"}
    for url in ("/webhooks/events", event_url(request_answer(client))):
        assert client.post(url, json=event).status_code == 204
        assert (logged[-1]["event"], logged[-1]["level"]) == ("NCCO rejected", "error")
        assert logged[-1]["reason"] == event["reason"]
    for sender in ("proven", "unproven"):
        assert metric(client, f'webhooks_nccos_rejected_total{{sender="{sender}"}}') == 1


# The fallback


@pytest.mark.parametrize("method", METHODS)
def test_the_fallback_apologizes_for_an_answer(client: FlaskClient, method: str, logged: list[dict[str, Any]]) -> None:
    original = {"url": f"https://u:p@echo.example.com/webhooks/answer?from={CALLER}", "type": "GET"}
    fields = {**CALL, "reason": "timed out", "original_request": original if method == "POST" else json.dumps(original)}
    assert shape(send(client, method, "/webhooks/fallback", fields).json) == ["talk"]
    (line,) = logged
    assert line == {
        "event": "fallback requested",
        "level": "error",
        "reason": "timed out",
        "original_path": "/webhooks/answer",
        "uuid": "u-1",
        "conversation_uuid": "CON-1",
        "sender": "unproven",
    }
    assert metric(client, 'webhooks_fallbacks_total{sender="unproven"}') == 1


def failed_event(
    client: FlaskClient, url: object, method: str = "POST", host: str = "echo.example.com", **changed: object
) -> Any:
    """Request the fallback for an event that the event webhook has failed."""
    original: object = {"url": url, "type": "POST"}
    fields = socket_event(reason="Connection timed out") | changed
    if method == "GET":
        fields, original = {name: value for name, value in fields.items() if name != "headers"}, json.dumps(original)
    return send(client, method, "/webhooks/fallback", fields | {"original_request": original}, headers={"Host": host})


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", ["disconnected", "failed", "unanswered", "timeout", "rejected", None])
def test_the_fallback_moves_a_call_that_lost_its_socket(client: FlaskClient, method: str, status: str | None) -> None:
    url = event_url(request_answer(client))
    moved = report(client, url, status=status or "", reason="429").get_json()
    failed = failed_event(client, f"https://echo.example.com{url}", method, status=status or "")
    assert query(failed.get_json()) == query(moved)
    assert metric(client, 'webhooks_fallbacks_total{sender="proven"}') == 1
    assert metric(client, "webhooks_calls_moved_total") == 2


@pytest.mark.parametrize("changed", [{"status": "answered"}, {"status": "completed"}, {"to": "442079460000"}])
def test_the_fallback_ends_no_call_that_needs_no_socket(client: FlaskClient, changed: dict[str, Any]) -> None:
    response = failed_event(client, f"https://echo.example.com{event_url(request_answer(client))}", **changed)
    assert (response.status_code, response.data) == (204, b"")


def test_the_fallback_apologizes_for_whatever_else_failed(client: FlaskClient) -> None:
    url = f"https://echo.example.com{event_url(request_answer(client))}"
    for other in (None, 7, "", "https://[", url.replace("failures=0", "failures=1"), url.replace("/events", "/answer")):
        assert shape(failed_event(client, other).get_json()) == ["talk"]
    no_event = {"original_request": {"url": url}, "to": "wss://echo.example.com/socket"}
    assert shape(client.post("/webhooks/fallback", json=no_event).get_json()) == ["talk"]
    assert shape(failed_event(client, url, host="bad host").get_json()) == ["talk"]
    assert metric(client, "webhooks_calls_moved_total") == 0


# The operator's pages


def test_the_operators_pages(client: FlaskClient, logged: list[object]) -> None:
    for path in ("/healthz", "/readyz"):
        response = client.get(path)
        assert (response.status_code, response.json) == (200, {"status": "ok"})
    response = client.get("/metrics")
    assert response.content_type.startswith("text/plain; version=")
    names = {family.name for family in text_string_to_metric_families(response.text)}
    assert names >= {"webhooks_calls_answered", "webhooks_events", "process_resident_memory_bytes"}
    assert logged == []


def test_every_answer_is_timed_and_nothing_else(client: FlaskClient) -> None:
    for path in ANSWER_PATHS:
        client.get(path)
    client.post("/webhooks/answer", data="no JSON", content_type="application/json")
    client.post("/webhooks/events", json={"status": "completed", "uuid": "u-1"})
    assert metric(client, "webhooks_answer_seconds_count") == 3


def test_two_applications_share_nothing(make_client: MakeClient) -> None:
    for client in (make_client(), make_client()):
        assert shape(request_answer(client)) == ["talk", "connect"]
        assert metric(client, "webhooks_calls_answered_total") == 1


# Refusals


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("request_", "status", "error"),
    [
        ({"data": b"[" * 60_000, "content_type": "application/json"}, 400, "not valid JSON"),
        ({"data": b"", "content_type": "application/json"}, 400, "the body is empty"),
        ({"data": b"from=1", "content_type": "application/x-www-form-urlencoded"}, 415, "application/json"),
        ({"data": b" " * 65_537, "content_type": "application/json"}, 413, "at most 65536 bytes"),
        ({"method": "DELETE"}, 405, "Allow header"),
        ({"path": "/nowhere"}, 404, "/webhooks/answer"),
    ],
)
def test_a_refusal_says_what_is_wrong(
    client: FlaskClient, path: str, request_: dict[str, Any], status: int, error: str
) -> None:
    response = client.open(**({"method": "POST", "path": path} | request_))
    assert (response.status_code, response.content_type) == (status, "application/json")
    assert error in response.get_json()["error"]
    if status == 405:
        assert {"GET", "POST"} <= {method.strip() for method in response.headers["Allow"].split(",")}


def test_a_refusal_is_logged_without_what_was_sent_and_counted(
    client: FlaskClient, logged: list[dict[str, Any]]
) -> None:
    client.get("/webhooks/447700900002?from=447700900002")
    client.get("/socket/eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln")
    client.delete("/webhooks/answer?uuid=447700900002")
    client.get("/webhooks/events?from=447700900002")
    assert [(line["event"], line["level"], line["status"], line["path"]) for line in logged] == [
        *[("request refused", "warning", 404, "unknown")] * 2,
        ("request refused", "warning", 405, "/webhooks/answer"),
        ("request refused", "warning", 400, "/webhooks/events"),
    ]
    assert "447700900002" not in str(logged)
    assert "eyJ" not in str(logged)
    assert metric(client, 'webhooks_requests_refused_total{status="404"}') == 2


def test_our_own_fault_is_a_500_with_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(WebhooksSettings())
    app.add_url_rule("/fault", view_func=lambda: [][0])
    response = app.test_client().get("/fault")
    assert response.status_code == 500
    assert response.json == {"error": "the server failed to handle the request; its log says why"}
    assert caplog.messages == ["Exception on /fault [GET]"]
    assert caplog.records[0].exc_info is not None


# Whatever is sent, it is never our fault

FIELDS = [
    "from", "to", "uuid", "conversation_uuid", "status", "reason", "original_request", "dtmf", "recording_url", "type",
    "headers", "due", "failures", "lost", "call", "proof",
]  # fmt: skip
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner, max_size=5),
    max_leaves=10,
)
documents = st.dictionaries(st.sampled_from(FIELDS), any_json)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])  # what it counts is of no use
@given(
    st.sampled_from(PATHS), st.text(st.characters(codec="latin-1"), max_size=100), documents | st.binary(max_size=200)
)
def test_any_request(client: FlaskClient, path: str, query: str, body: dict[str, Any] | bytes) -> None:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    assert client.get(path, environ_overrides={"QUERY_STRING": query}).status_code < 500
    assert client.post(path, data=sent, content_type="application/json").status_code < 500
