from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.forge import SIGNATURE_SECRET, SOCKET_SECRET, signature
from webhooks import create_app
from webhooks.event_key import fits, make_key
from webhooks.settings import WebhooksSettings

OLD, NEW = "o" * 32, "n" * 32
NOW = 1_800_000_000.0
PATIENCE = 700  # requests; the limits are 300 and 600 at once


def test_a_key_is_for_one_call() -> None:
    key = make_key(["u-1", "CON-1"], [NEW, OLD])
    assert len(key) == 22 + 1 + 22
    assert fits(key, "u-1", [NEW, OLD])
    assert fits(key, "CON-1", [NEW, OLD])
    assert fits(make_key(["u-1"], [OLD]), "u-1", [NEW, OLD])
    assert not fits(key, "u-2", [NEW, OLD])
    assert not fits(key, "u-1", [OLD])
    assert not fits(key, "u-1", [])
    assert not fits(None, "u-1", [NEW])
    assert not fits(f"..{key}", "u-1", [NEW]), "a row of guesses is one guess"


@given(st.text())
def test_no_made_up_key_fits(key: str) -> None:
    assert not fits(key, "u-1", [NEW])


def app(**changed: str) -> FlaskClient:
    """Return a client of an application whose clock stands still."""
    settings = WebhooksSettings.model_validate({"SOCKET_SECRET": SOCKET_SECRET, "CONNECTS_PER_SECOND": "0"} | changed)
    return create_app(settings, clock=lambda: NOW).test_client()


def report(client: FlaskClient, url: str, **changed: object) -> Any:
    event = {"status": "disconnected", "to": "wss://localhost/socket", "headers": {"call_uuid": "u-1"}}
    return client.post(url, json=event | changed)


def answered_url(client: FlaskClient) -> str:
    """Return the event URL of a call that has been answered."""
    url: str = client.get("/webhooks/answer?uuid=u-1&conversation_uuid=CON-1").get_json()[-1]["eventUrl"][0]
    return url.removeprefix("http://localhost")


def test_a_call_that_was_answered_moves_as_often_as_it_must() -> None:
    client = app()
    url = answered_url(client)
    for _ in range(PATIENCE):
        connect = report(client, url).get_json()[-1]
        assert connect["action"] == "connect"
    moved = connect["eventUrl"][0].removeprefix("http://localhost")
    assert client.get("/webhooks/answer", headers={"X-Forwarded-For": "203.0.113.1"}).status_code == 200
    assert report(client, moved).get_json()[-1]["action"] == "connect"


@pytest.mark.parametrize("headers", [None, {"call_uuid": "u-1"}])
def test_an_event_that_brings_one_name_of_the_call_is_enough(headers: object) -> None:
    client = app()
    url = answered_url(client)
    refusal = {"status": None, "reason": "Too many requests", "headers": headers, "conversation_uuid": "CON-1"}
    assert {report(client, url, **refusal).status_code for _ in range(PATIENCE)} == {200}


@pytest.mark.parametrize("path", ["/webhooks/events", "/webhooks/fallback"])
def test_made_up_events_get_no_more_connects_than_questions_do(path: str) -> None:
    client = app()
    forged = f"/webhooks/events?due={NOW:.3f}&failures=0&lost=0.0&key={make_key(['u-1'], ['x' * 32])}"
    url = forged if path == "/webhooks/events" else path
    original = {"original_request": {"url": f"http://localhost{forged}"}}
    statuses = [report(client, url, **original).status_code for _ in range(301)]
    assert statuses == [200] * 300 + [429]
    assert client.get("/webhooks/answer").status_code == 429, "they share the limit"
    assert report(client, forged, status="ringing").status_code == 204, "other events are noted all the same"


def test_the_key_of_one_call_moves_no_other() -> None:
    client = app(UNSIGNED_ANSWERS_PER_ADDRESS="0.05")  # three at once
    url = answered_url(client)
    statuses = [report(client, url, headers={"call_uuid": f"u-{number}"}).status_code for number in (2, 3, 4)]
    assert statuses == [200, 200, 429]
    assert report(client, url).status_code == 200


@pytest.mark.parametrize("changed", [{"SOCKET_AUTH": "off"}, {"SOCKET_AUTH": "vonage"}])
def test_where_no_token_is_minted_moves_have_no_limit(changed: dict[str, str]) -> None:
    client = app(**changed)
    url = answered_url(client)
    assert "key=" not in url
    assert {report(client, url).status_code for _ in range(PATIENCE)} == {200}


def test_signed_events_need_no_key() -> None:
    client = app(VONAGE_SIGNATURE_SECRET=SIGNATURE_SECRET)
    headers = {"Authorization": f"Bearer {signature(b'{}', iat=NOW)}"}
    (url,) = client.get("/webhooks/answer", headers=headers).get_json()[-1]["eventUrl"]
    assert "key=" not in url
