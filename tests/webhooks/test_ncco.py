from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vonage_voice import Connect, Talk  # type: ignore[import-untyped]
from vonage_voice.models import WebsocketEndpoint  # type: ignore[import-untyped]
from vonage_voice.models.ncco import Wait  # type: ignore[import-untyped]

from shared.audio import AudioFormat
from webhooks.moves import PlannedConnect
from webhooks.ncco import Action, Ncco, apology_ncco, connect, fill_wait, from_number, talk, wait
from webhooks.public_address import PublicAddress

ADDRESS = PublicAddress("https", "echo.example.com")
PLANNED = PlannedConnect("u-1", "CON-1", 1_800_000_000.0)


def connected(planned: PlannedConnect = PLANNED, authorization: Action | None = None, **changed: Any) -> Action:
    return connect(planned, ADDRESS, changed.get("audio_format", AudioFormat.L16_16000), planned.query, authorization)


def as_official(action: Action) -> Any:
    """Rebuild an action of ours with the official SDK's models and return what they make of it.

    Raises what they raise. The SDK wants `from` or `randomFromNumber`, which the platform does not for a WebSocket.
    """
    arguments = {name: value for name, value in action.items() if name != "action"}
    if action["action"] == "talk":
        return Talk(**arguments).model_dump(by_alias=True, exclude_none=True)
    if action["action"] == "wait":
        return Wait(**arguments).model_dump(by_alias=True, exclude_none=True)
    (endpoint,) = arguments.pop("endpoint")
    renamed = {"contentType" if name == "content-type" else name: value for name, value in endpoint.items()}
    number = {"from_": arguments.pop("from")} if "from" in arguments else {"randomFromNumber": True}
    official = Connect(endpoint=[WebsocketEndpoint(**renamed)], **number, **arguments)
    dumped = official.model_dump(by_alias=True, exclude_none=True)
    dumped.pop("randomFromNumber", None)
    return dumped


def test_talk() -> None:
    action = talk("Grüß Gott", "de-DE")
    assert action == {"action": "talk", "text": "Grüß Gott", "language": "de-DE"}
    assert as_official(action) == action


def test_apology_is_all_of_its_ncco() -> None:
    (action,) = apology_ncco()
    assert action["action"] == "talk"
    assert "sorry" in action["text"]
    assert as_official(action) == action


@pytest.mark.parametrize(
    ("seconds", "timeout"),
    [(0.34, 0.34), (1.2345678, 1.235), (12.0, 12.0), (0.01, 0.1), (-5.0, 0.1), (7200.0, 7200.0), (9999.9, 7200.0)],
)
def test_wait_is_what_the_platform_takes(seconds: float, timeout: float) -> None:
    action = wait(seconds)
    assert action == {"action": "wait", "timeout": timeout}
    assert as_official(action) == action  # the SDK would clamp anything else


def test_connect() -> None:
    action = from_number("447700900001") | connected()
    url = "https://echo.example.com/webhooks/events?due=1800000000.000&failures=0&lost=0.0&call=u-1&conversation=CON-1"
    assert action == {
        "action": "connect",
        "from": "447700900001",
        "eventType": "synchronous",
        "eventUrl": [url],
        "eventMethod": "POST",
        "timeout": 10,
        "limit": 7200,
        "endpoint": [
            {
                "type": "websocket",
                "uri": "wss://echo.example.com/socket",
                "content-type": "audio/l16;rate=16000",
                "headers": {"call_uuid": "u-1", "conversation_uuid": "CON-1"},
            }
        ],
    }
    assert as_official(action) == action


@pytest.mark.parametrize("authorization", [{"type": "custom", "value": "Bearer a.b.c"}, {"type": "vonage"}])
@pytest.mark.parametrize("audio_format", AudioFormat)
def test_the_official_models_accept_every_authorization_and_format(
    authorization: Action, audio_format: AudioFormat
) -> None:
    action = connected(authorization=authorization, audio_format=audio_format)
    assert action["endpoint"][0]["authorization"] == authorization
    assert action["endpoint"][0]["content-type"] == f"audio/l16;rate={audio_format.sample_rate}"
    assert as_official(action) == action


def test_headers_name_only_what_is_known_and_the_longest_fit() -> None:
    assert connected(PlannedConnect("u-1", None, 1.0))["endpoint"][0]["headers"] == {"call_uuid": "u-1"}
    longest = connected(PlannedConnect("a" * 100, "b" * 100, 1.0))
    assert len(json.dumps(longest["endpoint"][0]["headers"])) <= 512
    assert as_official(longest) == longest


@pytest.mark.parametrize("to", ["1234567", "123456789012345", "447700900001"])
@pytest.mark.parametrize("prefix", ["", "+", " "])
def test_from_is_the_called_number(prefix: str, to: str) -> None:
    assert from_number(prefix + to) == {"from": to}


@pytest.mark.parametrize(
    "to",
    [
        None,
        "",
        "anonymous",
        "123456",
        "1234567890123456",
        "07700900001",
        "++447700900001",
        "447700900001\n",
        "44 7700 900001",
        "٤٤٧٧٠٠٩٠٠٠٠١",  # digits, but not ASCII
        "sip:447700900001@host",
        "wss://host/socket",
    ],
)
def test_no_from_without_a_number_of_ours(to: str | None) -> None:
    assert from_number(to) == {}


@given(st.none() | st.text() | st.from_regex(r"[+ ]?[0-9]{5,17}", fullmatch=True))
def test_official_models_accept_any_called_number(to: str | None) -> None:
    action = from_number(to) | connected()
    assert as_official(action) == action


# The time until a connect is due

WORDS = talk("Einen Moment bitte", "de-DE")


def shape(ncco: Ncco) -> list[str]:
    return [action["action"] for action in ncco]


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_no_wait_needs_no_action(seconds: float) -> None:
    assert fill_wait(seconds, WORDS, 1.2) == []


def test_a_short_wait_is_silent_and_a_longer_one_begins_with_words() -> None:
    assert fill_wait(1.99, WORDS, 1.2) == [{"action": "wait", "timeout": 1.99}]
    assert fill_wait(2.0, WORDS, 1.2) == [WORDS, {"action": "wait", "timeout": 0.8}]


@pytest.mark.parametrize(("seconds", "times"), [(15, 1), (16, 2), (30, 2), (31, 3), (150, 10), (7200, 10)])
def test_a_long_wait_repeats_the_words(seconds: float, times: int) -> None:
    assert shape(fill_wait(seconds, WORDS, 1.2)) == ["talk", "wait"] * times


@pytest.mark.parametrize(("seconds", "times"), [(50, 0), (100.2, 1), (250, 2)])
def test_words_that_take_longer_than_the_wait_are_not_spoken(seconds: float, times: int) -> None:
    assert shape(fill_wait(seconds, WORDS, 100.0)) == (["talk", "wait"] * times or ["wait"])


@given(st.floats(0.1, 7200), st.floats(0.01, 100))
def test_it_takes_the_time_that_it_fills(seconds: float, words_seconds: float) -> None:
    ncco = fill_wait(seconds, WORDS, words_seconds)
    assert sum(action.get("timeout", words_seconds) for action in ncco) == pytest.approx(seconds, abs=0.01)
    assert all(action["timeout"] >= 0.1 for action in ncco if action["action"] == "wait")
    assert len(ncco) <= 20
