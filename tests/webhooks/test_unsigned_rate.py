from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.harness.forge import SIGNATURE_SECRET, signature
from webhooks import create_app
from webhooks.settings import WebhooksSettings
from webhooks.unsigned_rate import Refusal, UnsignedRate

NOW = 1_800_000_000.0
CALLS = 200  # of `make call ARGS="--calls 200"`


def spent(rate: UnsignedRate, address: str, now: float = NOW) -> int:
    """Return how many answers an address gets at once."""
    count = 0
    while rate.spend(address, now) is None:
        count += 1
    return count


def test_an_address_gets_those_of_a_minute_at_once_and_then_its_rate() -> None:
    rate = UnsignedRate(0, 5)
    assert spent(rate, "a") == 300
    assert rate.spend("a", NOW) == Refusal("address", 1)
    assert spent(rate, "a", NOW + 2) == 10
    assert spent(rate, "a", NOW + 3600) == 300


def test_all_addresses_share_a_limit() -> None:
    rate = UnsignedRate(10, 5)
    assert [spent(rate, address) for address in ("a", "b", "c")] == [300, 300, 0]
    assert rate.spend("c", NOW) == Refusal("all", 1)
    assert spent(rate, "c", NOW + 1) == 10


def test_a_refused_question_takes_nothing() -> None:
    rate = UnsignedRate(10, 5)
    assert spent(rate, "a") == 300
    assert {rate.spend("a", NOW) for _ in range(1000)} == {Refusal("address", 1)}
    assert spent(rate, "b") == 300


def test_a_rate_of_less_than_one_a_minute_gives_one_at_a_time() -> None:
    rate = UnsignedRate(0.001, 0)
    assert spent(rate, "a") == 1
    assert rate.spend("b", NOW) == Refusal("all", 1000)
    assert spent(rate, "b", NOW + 1000) == 1


def test_zero_sets_no_limit() -> None:
    rate = UnsignedRate(0, 0)
    assert {rate.spend("a", NOW) for _ in range(10_000)} == {None}


@pytest.mark.parametrize("jump", [-3600.0, -61.0, 3600.0])
def test_a_clock_that_jumps_refuses_nobody_for_long(jump: float) -> None:
    rate = UnsignedRate(10, 5)
    spent(rate, "a")
    spent(rate, "b")
    assert spent(rate, "a", NOW + jump + 1) >= 5


def test_addresses_are_forgotten() -> None:
    rate = UnsignedRate(10, 5)
    for number in range(100_000):
        rate.spend(str(ipaddress.ip_address(number)), NOW + number / 100)
    assert len(rate) <= 2500


def ask(client: FlaskClient, address: str = "203.0.113.1", path: str = "/webhooks/answer") -> Any:
    """Ask through the front, which tells the address."""
    return client.get(path, headers={"X-Forwarded-For": address})


@pytest.fixture
def timed() -> FlaskClient:
    """A client of an application whose clock stands still."""
    return create_app(clock=lambda: NOW).test_client()


def test_the_calls_of_a_load_test_are_answered(timed: FlaskClient) -> None:
    assert {ask(timed).status_code for _ in range(CALLS)} == {200}


@pytest.mark.parametrize("path", ["/webhooks/answer", "/ncco"])
def test_one_address_is_refused_and_another_is_not(timed: FlaskClient, path: str, logged: list[dict[str, Any]]) -> None:
    assert [ask(timed, path=path).status_code for _ in range(301)] == [200] * 300 + [429]
    refused = ask(timed, path=path)
    assert refused.headers["Retry-After"] == "1"
    assert refused.get_json() == {"error": "too many unsigned questions; ask again later"}
    assert (logged[-1]["event"], logged[-1]["status"], logged[-1]["path"]) == ("request refused", 429, path)
    assert "203.0.113.1" not in str(logged)
    assert ask(timed, "203.0.113.2").status_code == 200
    page = timed.get("/metrics").text
    assert 'webhooks_answers_refused_total{limit="address"} 2.0' in page
    assert 'webhooks_requests_refused_total{status="429"} 2.0' in page


def test_many_addresses_are_refused_together(timed: FlaskClient) -> None:
    statuses = [ask(timed, f"203.0.113.{number % 200}").status_code for number in range(601)]
    assert statuses == [200] * 600 + [429]
    assert 'webhooks_answers_refused_total{limit="all"} 1.0' in timed.get("/metrics").text


def test_a_spoofed_address_has_no_limit_of_its_own(timed: FlaskClient) -> None:
    statuses = [ask(timed, f"198.51.100.{number % 200}, 203.0.113.1").status_code for number in range(301)]
    assert statuses[-1] == 429


def test_events_and_the_fallback_are_not_limited(timed: FlaskClient) -> None:
    while ask(timed).status_code == 200:
        pass
    headers = {"X-Forwarded-For": "203.0.113.1"}
    assert timed.post("/webhooks/events", json={"status": "ringing"}, headers=headers).status_code == 204
    assert timed.post("/webhooks/fallback", json={}, headers=headers).status_code == 200


def test_signed_questions_are_not_limited() -> None:
    settings = WebhooksSettings.model_validate({"VONAGE_SIGNATURE_SECRET": SIGNATURE_SECRET})
    client = create_app(settings, clock=lambda: NOW).test_client()
    headers = {"Authorization": f"Bearer {signature(b'{}', iat=NOW)}", "X-Forwarded-For": "203.0.113.1"}
    assert {client.get("/webhooks/answer", headers=headers).status_code for _ in range(700)} == {200}


def test_the_limits_are_settings() -> None:
    settings = WebhooksSettings.model_validate({"UNSIGNED_ANSWERS_PER_ADDRESS": "0.1"})
    client = create_app(settings, clock=lambda: NOW).test_client()
    statuses = [ask(client).status_code for _ in range(7)]
    assert statuses == [200] * 6 + [429]
    assert ask(client).headers["Retry-After"] == "10"
