from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vonage_jwt import verify_signature  # type: ignore[import-untyped]

from shared.signed_token import Fault, TokenError
from tests.harness.forge import HS256, OTHER_SECRET, SIGNATURE_SECRET, compact, signature
from webhooks import create_app
from webhooks.signature import SignaturePolicy, check_signature, query_payload

NOW = 1_700_000_000.0
BODY = b'{"status": "ringing", "uuid": "u-1"}'
API_KEY, APPLICATION = "a1b2c3d4", "78d335fa-323d-0114-9c3d-d6f0d48968cf"
PATHS = ["/webhooks/answer", "/ncco", "/webhooks/events", "/webhooks/event", "/webhooks/fallback"]
ANYONE = SignaturePolicy(SIGNATURE_SECRET)
OURS = SignaturePolicy(SIGNATURE_SECRET, API_KEY, APPLICATION)


def check(token: str, policy: SignaturePolicy = ANYONE, payload: bytes = BODY) -> bool:
    return check_signature(policy, [f"Bearer {token}"], payload, NOW)


def test_the_official_library_takes_the_tokens_of_these_tests() -> None:
    assert verify_signature(signature(BODY), SIGNATURE_SECRET)


@pytest.mark.parametrize("policy", [ANYONE, OURS])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"iat": NOW - 300},
        {"iat": NOW - 360},
        {"iat": NOW + 60},
        {"iat": NOW + 0.5},
        {"application_id": None},
        {"jti": None},
        {"exp": 1},
        {"aud": "anyone"},
    ],
)
def test_good_signatures(policy: SignaturePolicy, changes: dict[str, Any]) -> None:
    token = signature(BODY, **({"iat": NOW} | changes))
    assert check(token, policy)
    assert check(token, policy), "a retry may bring the same token"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"secret": OTHER_SECRET}, Fault.SIGNATURE),
        ({"secret": None}, Fault.SIGNATURE),
        ({"header": {"alg": "none"}, "secret": None}, Fault.ALGORITHM),
        ({"header": {"alg": "RS256"}}, Fault.ALGORITHM),
        ({"iss": None}, Fault.ISSUER),
        ({"iss": "vonage"}, Fault.ISSUER),
        ({"iss": ["Vonage"]}, Fault.ISSUER),
        ({"iat": None}, Fault.CLAIMS),
        ({"iat": "now"}, Fault.CLAIMS),
        ({"iat": float("nan")}, Fault.CLAIMS),
        ({"iat": NOW - 361}, Fault.EXPIRED),
        ({"iat": 0}, Fault.EXPIRED),
        ({"iat": NOW + 61}, Fault.FUTURE),
        ({"api_key": None}, Fault.API_KEY),
        ({"api_key": "another"}, Fault.API_KEY),
        ({"api_key": [API_KEY]}, Fault.API_KEY),
        ({"application_id": "another"}, Fault.APPLICATION),
        ({"application_id": ["another"]}, Fault.APPLICATION),
    ],
)
def test_bad_signatures(changes: dict[str, Any], fault: Fault) -> None:
    with pytest.raises(TokenError, match=fault.value):
        check(signature(BODY, **({"iat": NOW} | changes)), OURS)


def test_key_and_application_are_compared_only_if_set() -> None:
    assert check(signature(BODY, iat=NOW, api_key="another", application_id="another"))


@pytest.mark.parametrize(
    "changes", [{"payload_hash": None}, {"payload_hash": "0" * 64}, {"payload_hash": "\ud800"}, {"payload_hash": 5}]
)
def test_hash_of_another_payload(changes: dict[str, Any]) -> None:
    assert not check(signature(BODY, **({"iat": NOW} | changes)))
    assert not check(signature(BODY, iat=NOW), payload=BODY + b" ")


@pytest.mark.parametrize(
    ("query", "payload"),
    [
        (b"", "{}"),
        (b"to=44&from=447&uuid=a-b", '{"to":"44","from":"447","uuid":"a-b"}'),
        (b"n=1&empty=&flag", '{"n":"1","empty":"","flag":""}'),
        (b"a=x+y%20z&b=%C3%BC%2F%22", '{"a":"x y z","b":"ü/\\""}'),
        (b"a=1&b=2&a=3", '{"a":"3","b":"2"}'),
        (b"\xff=%ff", '{"ÿ":"\ufffd"}'),
    ],
)
def test_what_is_hashed_of_a_query(query: bytes, payload: str) -> None:
    assert query_payload(query) == payload.encode()


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
    assert [line["level"] for line in logged] == ["warning"]
    assert logged[0]["event"].startswith("VONAGE_SIGNATURE_SECRET is not set")
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


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["iss", "iat", "payload_hash", "api_key", "application_id"]),
        st.none() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    )
)
def test_no_claims_are_our_fault(claims: dict[str, Any]) -> None:
    with pytest.raises(TokenError):
        check_signature(OURS, [f"Bearer {compact(HS256, claims, SIGNATURE_SECRET)}"], BODY, time.time())
