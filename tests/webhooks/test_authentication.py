from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from vonage_jwt import verify_signature  # type: ignore[import-untyped]

from shared.signed_token import Fault
from tests.harness.forge import API_KEY, APPLICATION, OTHER_SECRET, SIGNATURE_SECRET, signature
from tests.webhooks.calls import metric
from tests.webhooks.conftest import NOW, Clock, MakeClient
from webhooks.authentication import query_payload
from webhooks.public_address import ANSWER_PATHS, EVENTS_PATHS, FALLBACK_PATHS

BODY = b'{"status": "ringing", "uuid": "u-1"}'
FIELDS = {"status": "ringing", "uuid": "u-1"}
SIGNED = NOW - 1_000_000
PATHS = [*ANSWER_PATHS, *EVENTS_PATHS, *FALLBACK_PATHS]


@pytest.fixture
def signed_client(make_client: MakeClient, clock: Clock) -> FlaskClient:
    clock.now = SIGNED
    return make_client(
        VONAGE_SIGNATURE_SECRET=SIGNATURE_SECRET, VONAGE_API_KEY=API_KEY, VONAGE_APPLICATION_ID=APPLICATION
    )


def post(client: FlaskClient, token: str | None, body: bytes = BODY, path: str = "/webhooks/events") -> Any:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return client.post(path, data=body, content_type="application/json", headers=headers)


def get(client: FlaskClient, path: str, fields: dict[str, str], signed: dict[str, str], **changes: Any) -> int:
    token = signature(json.dumps(signed, separators=(",", ":")).encode(), **({"iat": SIGNED} | changes))
    return client.get(f"{path}?{urlencode(fields)}", headers={"Authorization": f"Bearer {token}"}).status_code


def test_the_official_library_takes_the_tokens_of_these_tests() -> None:
    assert verify_signature(signature(BODY), SIGNATURE_SECRET)


@pytest.mark.parametrize("path", PATHS)
def test_every_webhook_wants_a_signature(signed_client: FlaskClient, path: str) -> None:
    assert post(signed_client, signature(BODY, iat=SIGNED), path=path).status_code in (200, 204)
    assert get(signed_client, path, FIELDS, FIELDS) in (200, 204)
    assert post(signed_client, None, path=path).status_code == 401
    assert post(signed_client, signature(BODY, iat=SIGNED), BODY + b" ", path).status_code == 401
    assert get(signed_client, path, FIELDS, FIELDS, secret=OTHER_SECRET) == 401
    for method in ("GET", "HEAD", "OPTIONS"):
        assert signed_client.open(path, method=method).status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_the_operators_pages_want_none(signed_client: FlaskClient, path: str) -> None:
    assert signed_client.get(path).status_code == 200


def test_a_repeated_request_may_bring_the_same_token(signed_client: FlaskClient) -> None:
    token = signature(BODY, iat=SIGNED)
    assert [post(signed_client, token).status_code for _ in range(2)] == [204, 204]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"secret": OTHER_SECRET}, Fault.SIGNATURE),
        ({"iss": None}, Fault.ISSUER),  # a handshake's signature may leave it out
        ({"api_key": "another"}, Fault.API_KEY),
        ({"application_id": "another"}, Fault.APPLICATION),
        *(({"payload_hash": claim}, Fault.PAYLOAD) for claim in (None, "0" * 64, "\ud800", 5)),
    ],
)
def test_the_log_and_the_metrics_say_why_a_signature_is_refused_and_the_sender_learns_nothing(
    signed_client: FlaskClient, logged: list[dict[str, Any]], changes: dict[str, Any], fault: Fault
) -> None:
    response = post(signed_client, signature(BODY, **({"iat": SIGNED} | changes)))
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer realm=webhooks")
    assert response.get_json() == {"error": "the request has no valid signature of the platform"}
    assert (logged[-1]["level"], logged[-1]["reason"]) == ("warning", f"signature: {fault.value}")
    assert metric(signed_client, f'webhooks_signatures_refused_total{{reason="{fault.value}"}}') == 1


def test_a_gets_hash_is_only_warned_about(signed_client: FlaskClient, logged: list[dict[str, Any]]) -> None:
    assert get(signed_client, "/webhooks/events", FIELDS, FIELDS) == 204
    assert [line["level"] for line in logged if line["event"] != "webhooks started"] == ["info"]
    assert get(signed_client, "/webhooks/events", FIELDS, {}) == 204
    assert "GET accepted although its signature doesn't match its parameters" in [line["event"] for line in logged]


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


def test_a_large_body_is_refused_before_it_is_hashed(signed_client: FlaskClient) -> None:
    assert post(signed_client, None, b" " * 65_537).status_code == 413


# Without a signature secret


def test_without_a_secret_a_warning_and_a_gauge(make_client: MakeClient, logged: list[dict[str, Any]]) -> None:
    client = make_client()
    assert [line["level"] for line in logged] == ["info", "warning"]
    assert logged[1]["event"].startswith("VONAGE_SIGNATURE_SECRET is not set")
    assert metric(client, "webhooks_signatures_required") == 0
    assert post(client, "nonsense").status_code == 204
    signed = make_client(VONAGE_API_SIGNATURE_SECRET=SIGNATURE_SECRET)
    assert metric(signed, "webhooks_signatures_required") == 1


def answers(
    client: FlaskClient, count: int, address: str = "203.0.113.{}", path: str = "/webhooks/answer"
) -> list[int]:
    """Request answers through Caddy, which reports the addresses; return their statuses."""
    headers = [{"X-Forwarded-For": address.format(number % 200)} for number in range(count)]
    return [client.get(path, headers=each).status_code for each in headers]


def test_one_address_is_refused_and_another_is_not(make_client: MakeClient, logged: list[dict[str, Any]]) -> None:
    client = make_client(UNSIGNED_ANSWERS_PER_ADDRESS="0.1")  # six at once
    for path in ANSWER_PATHS:
        assert answers(client, 4, "198.51.100.{}, 203.0.113.1", path)[:2] == [200, 200], "the first address is made up"
    refused = client.get("/webhooks/answer", headers={"X-Forwarded-For": "203.0.113.1"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
    assert refused.get_json() == {"error": "too many unsigned requests; try again later"}
    assert (logged[-1]["event"], logged[-1]["status"], logged[-1]["path"]) == (
        "request refused",
        429,
        "/webhooks/answer",
    )
    assert "203.0.113.1" not in str(logged)
    assert answers(client, 1, "203.0.113.2") == [200]
    assert metric(client, 'webhooks_answers_refused_total{limit="address"}') == 3
    assert post(client, None).status_code == 204, "events have no limit"


def test_the_calls_of_a_load_test_are_answered_and_many_addresses_are_refused_together(client: FlaskClient) -> None:
    assert answers(client, 601) == [200] * 600 + [429]
    assert metric(client, 'webhooks_answers_refused_total{limit="all"}') == 1


def test_signed_requests_are_not_limited(make_client: MakeClient) -> None:
    client = make_client(VONAGE_SIGNATURE_SECRET=SIGNATURE_SECRET, UNSIGNED_ANSWERS_PER_SECOND="0.01")
    headers = {"Authorization": f"Bearer {signature(b'{}', iat=NOW)}"}
    assert {client.get("/webhooks/answer", headers=headers).status_code for _ in range(9)} == {200}
