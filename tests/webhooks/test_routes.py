from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.signed_token import TokenError
from shared.socket_token import CallIdentity, verify_token
from tests.harness.forge import SOCKET_SECRET
from webhooks import create_app
from webhooks.settings import WebhooksSettings

CALLER = "447700900002"
OURS = "447700900001"
CALL = {"from": CALLER, "to": OURS, "uuid": "u-1", "conversation_uuid": "CON-1", "region_url": "https://api.example"}
METHODS = ["GET", "POST"]
GREETING_SECONDS = 3.4  # 51 characters, 15 a second


def ask(client: FlaskClient, method: str, path: str, fields: dict[str, Any], **options: Any) -> Any:
    if method == "GET":
        return client.get(path, query_string=fields, **options)
    return client.post(path, json=fields, **options)


def metric(client: FlaskClient, name: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return next(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"{name} "))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/webhooks/answer", "/ncco"])
def test_answer(client: FlaskClient, method: str, path: str) -> None:
    response = ask(client, method, path, CALL, base_url="https://echo.example.com")
    assert response.status_code == 200
    assert response.content_type == "application/json"
    talk, connect = response.json
    assert talk == {
        "action": "talk",
        "text": "Please wait while we connect you to the echo server",
        "language": "en-US",
    }
    assert connect["action"] == "connect"
    assert connect["from"] == OURS
    assert connect["eventUrl"][0].startswith("https://echo.example.com/webhooks/events?due=")
    (endpoint,) = connect["endpoint"]
    assert endpoint["uri"] == "wss://echo.example.com/socket"
    assert endpoint["content-type"] == "audio/l16;rate=16000"
    assert endpoint["headers"] == {"call_uuid": "u-1", "conversation_uuid": "CON-1"}
    assert CALLER not in response.text


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fields", [{}, {"from": "anonymous"}, {"unknown": "x"}])
def test_answer_without_the_usual_fields(client: FlaskClient, method: str, fields: dict[str, str]) -> None:
    talk, connect = ask(client, method, "/webhooks/answer", fields).json
    assert (talk["action"], connect["action"]) == ("talk", "connect")
    assert "from" not in connect
    assert verified(connect) == CallIdentity(connect["endpoint"][0]["headers"]["call_uuid"], None)


def verified(connect: dict[str, Any], at: float = 0.0) -> CallIdentity:
    """Return which call a connect's token is for, to an engine whose clock differs by so many seconds."""
    authorization = connect["endpoint"][0]["authorization"]
    assert authorization["type"] == "custom"
    return verify_token(authorization["value"].removeprefix("Bearer "), [SOCKET_SECRET], time.time() + at)


def test_answer_has_a_token_for_this_call(client: FlaskClient) -> None:
    connect = client.post("/webhooks/answer", json=CALL).get_json()[1]
    assert verified(connect) == CallIdentity("u-1", "CON-1")
    assert verified(connect, at=299) == CallIdentity("u-1", "CON-1")
    with pytest.raises(TokenError, match="expired"):
        verified(connect, at=GREETING_SECONDS + 300 + 61)


def test_the_tokens_lifetime_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCKET_TOKEN_SECONDS", "1")
    connect = create_app().test_client().post("/webhooks/answer", json=CALL).get_json()[1]
    with pytest.raises(TokenError, match="expired"):
        verified(connect, at=GREETING_SECONDS + 1 + 61)


def test_no_token_without_socket_auth(monkeypatch: pytest.MonkeyPatch, logged: list[dict[str, Any]]) -> None:
    monkeypatch.setenv("SOCKET_AUTH", "off")
    connect = create_app().test_client().post("/webhooks/answer", json=CALL).get_json()[1]
    assert "authorization" not in connect["endpoint"][0]
    assert ("warning", "SOCKET_AUTH is off: whoever reaches the socket gets in") in (
        (line["level"], line["event"]) for line in logged
    )


def test_the_platform_may_sign_the_handshake_instead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOCKET_AUTH", "vonage")
    monkeypatch.delenv("SOCKET_SECRET")
    monkeypatch.setenv("SOCKET_SECRET_FILE", str(tmp_path / "secret"))
    client = create_app().test_client()
    event = {"status": "disconnected", "to": "wss://host/socket", "uuid": "u-2"}
    for ncco in (
        client.post("/webhooks/answer", json=CALL).get_json(),
        client.post("/webhooks/events?due=1", json=event).get_json(),
    ):
        assert ncco[-1]["endpoint"][0]["authorization"] == {"type": "vonage"}
    assert list(tmp_path.iterdir()) == [], "no secret is made"


def test_answer_is_the_same_each_time_but_for_token_and_time(client: FlaskClient) -> None:
    first, second = (client.post("/webhooks/answer", json=CALL).get_json() for _ in range(2))
    assert verified(first[1]) == verified(second[1])
    for answer in (first, second):
        del answer[1]["endpoint"][0]["authorization"]
        answer[1]["eventUrl"][0] = answer[1]["eventUrl"][0].partition("?due=")[0]
    assert first == second


def test_answer_as_set() -> None:
    settings = WebhooksSettings.model_validate(
        {
            "PUBLIC_URL": "https://set.example",
            "SAMPLE_RATE": "8000",
            "GREETING": "Grüß Gott",
            "GREETING_LANGUAGE": "de-DE",
        }
    )
    talk, connect = create_app(settings).test_client().get("/webhooks/answer", headers={"Host": "bad host"}).get_json()
    assert (talk["text"], talk["language"]) == ("Grüß Gott", "de-DE")
    assert connect["eventUrl"][0].startswith("https://set.example/webhooks/events?due=")
    assert connect["endpoint"][0]["uri"] == "wss://set.example/socket"
    assert connect["endpoint"][0]["content-type"] == "audio/l16;rate=8000"


def test_forwarded_headers_do_not_change_the_address(client: FlaskClient) -> None:
    spoofed = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example;proto=https", "X-Original-Host": "e"}
    _, connect = client.get("/webhooks/answer", headers={"Host": "localhost:3000", **spoofed}).get_json()
    assert connect["eventUrl"][0].startswith("http://localhost:3000/webhooks/events?due=")
    assert connect["endpoint"][0]["uri"] == "ws://localhost:3000/socket"


@pytest.mark.parametrize("host", ["", "bad host", "a/b", "user@host", "[::1"])
def test_answer_to_a_malformed_host(client: FlaskClient, host: str) -> None:
    response = client.get("/webhooks/answer", headers={"Host": host})
    assert response.status_code == 400
    assert "Host header" in response.get_json()["error"]


def test_answer_is_logged_and_counted(client: FlaskClient, logged: list[dict[str, Any]]) -> None:
    client.get("/webhooks/answer", query_string=CALL)
    (line,) = logged
    assert line.items() >= {"event": "call answered", "level": "info", "uuid": "u-1"}.items()
    assert line["conversation_uuid"] == "CON-1"
    assert metric(client, "webhooks_calls_answered_total") == 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/webhooks/events", "/webhooks/event"])
def test_event(client: FlaskClient, method: str, path: str, logged: list[dict[str, Any]]) -> None:
    response = ask(client, method, path, {**CALL, "status": "ringing", "direction": "inbound"})
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
    assert metric(client, 'webhooks_events_total{status="ringing"}') == 1


def test_event_logs_nothing_secret(client: FlaskClient, logged: list[dict[str, Any]]) -> None:
    event = {
        "from": CALLER,
        "to": "wss://host/socket?token=hidden",
        "status": "failed",
        "reason": f"wss://host/socket?token=hidden refused a call from +{CALLER}",
        "headers": {"call_uuid": "u-1", "secret": "hidden"},
        "dtmf": {"digits": "98765"},
        "uuid": "u-2",
    }
    assert client.post("/webhooks/events", json=event).status_code == 204
    line = json.dumps(logged)
    assert '"leg": "websocket"' in line
    for secret in (CALLER, OURS, "hidden", "98765"):
        assert secret not in line


def test_unknown_status_has_no_metric_of_its_own(client: FlaskClient, logged: list[dict[str, Any]]) -> None:
    client.post("/webhooks/events", json={"status": "teleported", "uuid": "u-1"})
    assert metric(client, 'webhooks_events_total{status="other"}') == 1
    assert logged[0]["status"] == "unknown"
    assert "teleported" not in client.get("/metrics").text


def test_rejected_ncco_is_loud(client: FlaskClient, logged: list[dict[str, Any]]) -> None:
    event = {"reason": "Syntax error in NCCO. Invalid value type or action.", "conversation_uuid": "CON-1"}
    assert client.post("/webhooks/events", json=event).status_code == 204
    (line,) = logged
    assert (line["event"], line["level"], line["reason"]) == ("NCCO rejected", "error", event["reason"])
    assert metric(client, "webhooks_nccos_rejected_total") == 1


@pytest.mark.parametrize("method", METHODS)
def test_no_event(client: FlaskClient, method: str) -> None:
    response = ask(client, method, "/webhooks/events", {})
    assert response.status_code == 400
    assert "no call event" in response.get_json()["error"]


@pytest.mark.parametrize("method", METHODS)
def test_fallback(client: FlaskClient, method: str, logged: list[dict[str, Any]]) -> None:
    original = {"url": f"https://u:p@echo.example.com/webhooks/answer?from={CALLER}", "type": "GET"}
    fields = {**CALL, "reason": "timed out", "original_request": original if method == "POST" else json.dumps(original)}
    response = ask(client, method, "/webhooks/fallback", fields)
    assert response.status_code == 200
    assert [action["action"] for action in response.json] == ["talk"]
    (line,) = logged
    assert line == {
        "event": "fallback requested",
        "level": "error",
        "reason": "timed out",
        "original_url": "https://…@echo.example.com/webhooks/answer…",
        "uuid": "u-1",
        "conversation_uuid": "CON-1",
    }
    assert metric(client, "webhooks_fallbacks_total") == 1


def test_answer_takes_fields_of_any_type(client: FlaskClient, logged: list[dict[str, Any]]) -> None:
    fields = {"uuid": 7, "conversation_uuid": ["a"], "from": {"a": CALLER}, "to": int(OURS)}
    connect = client.post("/webhooks/answer", json=fields).get_json()[-1]
    assert connect["from"] == OURS
    ignored = {"from": "object", "uuid": "number", "conversation_uuid": "array"}
    assert logged[0] == {"event": "fields ignored", "level": "warning", "fields": ignored}
    assert CALLER not in str(logged)


def test_answer_to_a_number_given_twice(client: FlaskClient) -> None:
    query = f"from={CALLER}&from=44&to={OURS}&to={OURS}&uuid=u-1"
    assert client.get(f"/webhooks/answer?{query}").get_json()[-1]["from"] == OURS


def test_fallback_apologises_whatever_the_fields_are(client: FlaskClient) -> None:
    fields = {"uuid": 7, "conversation_uuid": ["a"], "to": {}}
    assert client.post("/webhooks/fallback", json=fields).get_json()[0]["action"] == "talk"
