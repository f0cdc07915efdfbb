from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from voice_simulator.vonage.application import Application, ApplicationError

URL = "https://host.example:3000/webhooks/answer?x=1"


def test_the_other_webhooks_are_at_the_answer_webhooks_host() -> None:
    application = Application(URL)
    assert application.event_webhook == "https://host.example:3000/webhooks/events"
    assert application.fallback_webhook == "https://host.example:3000/webhooks/fallback"
    assert Application(URL, event_url="http://h/e").event_webhook == "http://h/e"


@pytest.mark.parametrize("caller", ["1", "447700900123", "anonymous", "sip:alice@example.com"])
def test_a_caller_is_a_number_or_a_name(caller: str) -> None:
    assert Application(URL, caller=caller).caller == caller


@pytest.mark.parametrize("url", ["", "h/a", "ws://h/a", "http://", "http://h:abc/", "http://h:99999/", "http://[h/", 1])
def test_an_address_that_no_request_can_go_to_is_refused(url: Any) -> None:
    for field in ("answer_url", "event_url", "fallback_url"):
        with pytest.raises(ApplicationError, match=f"{field} must be an absolute http or https URL, such as") as error:
            Application(**({"answer_url": URL} | {field: url}))
        assert error.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [("method", "get"), ("caller", "+447700900123"), ("called", ""), ("called", "1" * 16), ("ca", Path("nowhere.pem"))],
)
def test_a_wrong_value_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ApplicationError) as error:
        Application(URL, **{field: value})
    assert error.value.field == field


def test_the_secret_is_not_shown() -> None:
    assert "topsecret" not in repr(Application(URL, signature_secret="topsecret"))
