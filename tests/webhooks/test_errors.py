from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from webhooks import create_app
from webhooks.settings import WebhooksSettings

PATHS = ["/webhooks/answer", "/ncco", "/webhooks/events", "/webhooks/event", "/webhooks/fallback"]
FIELDS = ["from", "to", "uuid", "conversation_uuid", "status", "reason", "original_request", "dtmf", "recording_url"]

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner, max_size=5),
    max_leaves=10,
)
# The client is rebuilt for each test, not for each example: what it counts doesn't matter here.
many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("request_", "status", "error"),
    [
        ({"data": b"{", "content_type": "application/json"}, 400, "not valid JSON"),
        ({"data": b"[" * 60_000, "content_type": "application/json"}, 400, "not valid JSON"),
        ({"data": b"", "content_type": "application/json"}, 400, "the body is empty"),
        ({"data": b"[]", "content_type": "application/json"}, 400, "must be a JSON object"),
        ({"data": b"from=1", "content_type": "application/x-www-form-urlencoded"}, 415, "application/json"),
        ({"data": b" " * 65_537, "content_type": "application/json"}, 413, "at most 65536 bytes"),
        ({"data": b" " * 1_000_000, "content_type": "text/plain"}, 413, "at most 65536 bytes"),
    ],
)
def test_bad_bodies(client: FlaskClient, path: str, request_: dict[str, Any], status: int, error: str) -> None:
    response = client.post(path, **request_)
    assert response.status_code == status
    assert response.content_type == "application/json"
    assert error in response.get_json()["error"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_unknown_method(client: FlaskClient, path: str, method: str) -> None:
    response = client.open(path, method=method)
    assert response.status_code == 405
    assert {"GET", "POST"} <= {allowed.strip() for allowed in response.headers["Allow"].split(",")}
    assert "Allow header" in response.get_json()["error"]


@pytest.mark.parametrize(
    "path",
    ["/", "/webhooks", "/webhooks/answer/", "//webhooks/answer", "/webhooks//answer", "/socket", "/%ff", "/a\x00b"],
)
def test_unknown_path(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "/webhooks/answer" in response.get_json()["error"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("uuid", ["a b", "a" * 101, "\x00", "é"])
def test_malformed_field_costs_no_call(
    client: FlaskClient, logged: list[dict[str, Any]], method: str, uuid: str
) -> None:
    if method == "GET":
        response = client.get("/webhooks/answer", query_string={"uuid": uuid})
    else:
        response = client.post("/webhooks/answer", json={"uuid": uuid})
    assert response.status_code == 200
    ignored, answered = logged
    assert ignored == {"event": "fields ignored", "level": "warning", "fields": {"uuid": "malformed text"}}
    assert answered["uuid"] == response.get_json()[-1]["endpoint"][0]["headers"]["call_uuid"]


def test_refused_request_is_logged_and_counted(client: FlaskClient, logged: list[dict[str, Any]]) -> None:
    client.get("/webhooks/447700900002?from=447700900002")
    client.get("/webhooks/447-700-900-002")
    client.get("/socket/eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln")
    client.get("/webhooks/%34%34%37%37%30%30%39%30%30%30%30%32")
    client.delete("/webhooks/answer?uuid=447700900002")
    client.get("/webhooks/events?from=447700900002")
    assert [(line["event"], line["level"], line["status"], line["path"]) for line in logged] == [
        *[("request refused", "warning", 404, "unknown")] * 4,
        ("request refused", "warning", 405, "/webhooks/answer"),
        ("request refused", "warning", 400, "/webhooks/events"),
    ]
    assert "447700900002" not in str(logged)
    assert "eyJ" not in str(logged)
    metrics = client.get("/metrics").text
    assert 'webhooks_requests_refused_total{status="404"} 4.0' in metrics
    assert 'webhooks_requests_refused_total{status="400"} 1.0' in metrics


def test_our_own_fault_is_a_500_with_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(WebhooksSettings())
    app.add_url_rule("/fault", view_func=lambda: [][0])
    response = app.test_client().get("/fault")
    assert response.status_code == 500
    assert response.json == {"error": "the server failed to handle the request; its log says why"}
    assert caplog.messages == ["Exception on /fault [GET]"]
    assert caplog.records[0].exc_info is not None


@many
@given(path=st.sampled_from(PATHS), body=st.binary(max_size=200))
def test_any_bytes(client: FlaskClient, path: str, body: bytes) -> None:
    assert client.post(path, data=body, content_type="application/json").status_code < 500


@many
@given(path=st.sampled_from(PATHS), document=st.dictionaries(st.sampled_from(FIELDS), any_json))
def test_any_json(client: FlaskClient, path: str, document: dict[str, Any]) -> None:
    assert client.post(path, json=document).status_code < 500


@many
@given(path=st.sampled_from(PATHS), query=st.lists(st.tuples(st.sampled_from(FIELDS) | st.text(), st.text())))
def test_any_query(client: FlaskClient, path: str, query: list[tuple[str, str]]) -> None:
    assert client.get(path, query_string=MultiDict(query)).status_code < 500


@many
@given(path=st.sampled_from(PATHS), query=st.text(st.characters(codec="latin-1"), max_size=100))
def test_any_raw_query(client: FlaskClient, path: str, query: str) -> None:
    assert client.get(path, environ_overrides={"QUERY_STRING": query}).status_code < 500
