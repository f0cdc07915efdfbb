from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.harness.forge import OTHER_SECRET, SIGNATURE_SECRET, signature
from webhooks import create_app

BODY = b'{"status": "ringing", "uuid": "u-1"}'
PATHS = ["/webhooks/answer", "/ncco", "/webhooks/events", "/webhooks/event", "/webhooks/fallback"]


@pytest.fixture
def signed_client(monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setenv("VONAGE_SIGNATURE_SECRET", SIGNATURE_SECRET)
    return create_app().test_client()


def post(client: FlaskClient, path: str, token: str | None, body: bytes = BODY) -> int:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return client.post(path, data=body, content_type="application/json", headers=headers).status_code


def get(client: FlaskClient, path: str, fields: dict[str, str], signed: dict[str, str], **changes: Any) -> int:
    token = signature(json.dumps(signed, separators=(",", ":")).encode(), **changes)
    return client.get(f"{path}?{urlencode(fields)}", headers={"Authorization": f"Bearer {token}"}).status_code


FIELDS = {"status": "ringing", "uuid": "u-1"}


@pytest.mark.parametrize("path", PATHS)
def test_every_webhook_wants_a_signature(signed_client: FlaskClient, path: str) -> None:
    assert post(signed_client, path, signature(BODY)) in (200, 204)
    assert get(signed_client, path, FIELDS, FIELDS) in (200, 204)
    assert post(signed_client, path, None) == 401
    assert post(signed_client, path, signature(BODY), BODY + b" ") == 401
    assert get(signed_client, path, FIELDS, FIELDS, secret=OTHER_SECRET) == 401
    for method in ("GET", "HEAD", "OPTIONS"):
        assert signed_client.open(path, method=method).status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_the_operators_pages_want_none(signed_client: FlaskClient, path: str) -> None:
    assert signed_client.get(path).status_code == 200


@pytest.mark.parametrize(("strict", "status"), [("false", 204), ("true", 401)])
def test_a_gets_hash_only_matters_in_strict_mode(
    monkeypatch: pytest.MonkeyPatch, logged: list[dict[str, Any]], strict: str, status: int
) -> None:
    monkeypatch.setenv("VONAGE_SIGNATURE_SECRET", SIGNATURE_SECRET)
    monkeypatch.setenv("STRICT_GET_SIGNATURE", strict)
    client = create_app().test_client()
    logged.clear()
    assert get(client, "/webhooks/events", FIELDS, FIELDS) == 204
    assert [line["level"] for line in logged] == ["info"]
    assert get(client, "/webhooks/events", FIELDS, {}) == status
    assert get(client, "/webhooks/events", FIELDS, FIELDS, payload_hash=None) == status
    assert logged[1]["level"] == "warning"


def test_a_refusal_tells_the_log_why_and_the_sender_nothing(
    signed_client: FlaskClient, logged: list[dict[str, Any]]
) -> None:
    answers = set()
    for token in (signature(BODY, secret=OTHER_SECRET), signature(BODY, iat=1), signature(b""), "a.b.c"):
        response = signed_client.post("/webhooks/events", data=BODY, headers={"Authorization": f"Bearer {token}"})
        answers.add((response.status_code, response.text, response.headers["WWW-Authenticate"]))
    assert answers == {(401, '{"error": "the request is not signed as the platform signs"}', "Bearer realm=webhooks")}
    reasons = ["wrong_signature", "expired", "wrong_payload_hash", "malformed"]
    assert [line["reason"] for line in logged] == [f"signature: {reason}" for reason in reasons]
    assert {line["level"] for line in logged} == {"warning"}
    page = signed_client.get("/metrics").text
    for reason in reasons:
        assert f'webhooks_signatures_refused_total{{reason="{reason}"}} 1.0' in page


def test_a_large_body_is_refused_before_it_is_hashed(signed_client: FlaskClient) -> None:
    assert post(signed_client, "/webhooks/events", None, b" " * 65_537) == 413


def test_without_a_secret_a_warning_and_a_gauge(monkeypatch: pytest.MonkeyPatch, logged: list[dict[str, Any]]) -> None:
    client = create_app().test_client()
    assert [line["level"] for line in logged] == ["info", "warning"]
    assert logged[1]["event"].startswith("VONAGE_SIGNATURE_SECRET is not set")
    assert "webhooks_signatures_required 0.0" in client.get("/metrics").text
    assert post(client, "/webhooks/events", "nonsense") == 204
    monkeypatch.setenv("VONAGE_API_SIGNATURE_SECRET", SIGNATURE_SECRET)
    assert "webhooks_signatures_required 1.0" in create_app().test_client().get("/metrics").text


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n")))
def test_no_authorization_is_our_fault(signed_client: FlaskClient, authorization: str) -> None:
    for value in (authorization, f"Bearer {authorization}"):
        response = signed_client.post("/webhooks/events", data=BODY, environ_overrides={"HTTP_AUTHORIZATION": value})
        assert response.status_code == 401
