from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.signed_token import TokenError
from shared.socket_token import CallIdentity, verify_token
from tests.harness.forge import SIGNATURE_SECRET, SOCKET_SECRET, signature
from webhooks import create_app
from webhooks.context import current_context
from webhooks.settings import WebhooksSettings

NOW = 1_800_000_000.0
GREETING_SECONDS = 3.4  # 51 characters, 15 a second
CALL = {"uuid": "u-1", "conversation_uuid": "CON-1"}


class Clock:
    """A clock that jumps an hour with each reading, so that a second reading shows."""

    def __init__(self) -> None:
        self.readings = 0

    def __call__(self) -> float:
        self.readings += 1
        return NOW + 3600 * (self.readings - 1)


def test_each_application_has_a_context_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    english = create_app(WebhooksSettings())
    monkeypatch.setenv("GREETING", "Grüß Gott")
    german = create_app()
    with german.app_context():
        current_context().metrics.fallbacks.inc()
        assert current_context().settings.greeting == "Grüß Gott"
    with english.app_context():
        assert b"webhooks_fallbacks_total 0.0" in current_context().metrics.exposition()
        assert current_context().settings.greeting == WebhooksSettings.model_fields["greeting"].default


def test_the_secrets_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app()
    monkeypatch.setenv("SOCKET_SECRET", "x" * 32)
    with app.app_context():
        assert current_context().socket_secrets == (SOCKET_SECRET,)


def test_a_request_reads_the_clock_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VONAGE_SIGNATURE_SECRET", SIGNATURE_SECRET)
    clock = Clock()
    client = create_app(clock=clock).test_client()
    for request in range(3):
        now = NOW + 3600 * request
        body = json.dumps(CALL).encode()
        headers = {"Authorization": f"Bearer {signature(body, iat=now)}", "Content-Type": "application/json"}
        response = client.post("/webhooks/answer", data=body, headers=headers)
        assert response.status_code == 200
        assert clock.readings == request + 1
        (connect,) = (action for action in response.get_json() if action["action"] == "connect")
        assert parse_qs(urlsplit(connect["eventUrl"][0]).query)["due"] == [f"{now + GREETING_SECONDS:.3f}"]
        token = connect["endpoint"][0]["authorization"]["value"].removeprefix("Bearer ")
        assert verify_token(token, [SOCKET_SECRET], now) == CallIdentity("u-1", "CON-1")
        with pytest.raises(TokenError, match="expired"):
            verify_token(token, [SOCKET_SECRET], now + 3600)


def test_a_signature_is_judged_by_the_same_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VONAGE_SIGNATURE_SECRET", SIGNATURE_SECRET)
    client = create_app(clock=lambda: NOW).test_client()
    body = json.dumps({"status": "ringing"}).encode()
    statuses = [
        client.post(
            "/webhooks/events",
            data=body,
            headers={"Authorization": f"Bearer {signature(body, iat=iat)}", "Content-Type": "application/json"},
        ).status_code
        for iat in (NOW, NOW - 361, NOW + 61)
    ]
    assert statuses == [204, 401, 401]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_a_request_that_needs_no_time_reads_no_clock(path: str) -> None:
    clock = Clock()
    assert create_app(clock=clock).test_client().get(path).status_code == 200
    assert clock.readings == 0
