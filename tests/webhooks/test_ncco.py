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
from webhooks.incoming_call import IncomingCall
from webhooks.moves import PlannedConnect
from webhooks.ncco import Action, apology_ncco, connect, talk, wait
from webhooks.public_address import PublicAddress

ADDRESS = PublicAddress("https", "echo.example.com")
FIRST = PlannedConnect(1_800_000_000.0)
CALL = IncomingCall("u-1", "CON-1", "447700900001")


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
    action = connect(CALL, ADDRESS, AudioFormat.L16_16000, FIRST)
    assert action == {
        "action": "connect",
        "from": "447700900001",
        "eventType": "synchronous",
        "eventUrl": ["https://echo.example.com/webhooks/events?due=1800000000.000&failures=0&lost=0.0"],
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


def test_connect_carries_the_token() -> None:
    action = connect(CALL, ADDRESS, AudioFormat.L16_16000, FIRST, "a.b.c")
    assert action["endpoint"][0]["authorization"] == {"type": "custom", "value": "Bearer a.b.c"}
    assert as_official(action) == action


def test_connect_may_ask_for_the_platforms_signature() -> None:
    action = connect(CALL, ADDRESS, AudioFormat.L16_16000, FIRST, signed=True)
    assert action["endpoint"][0]["authorization"] == {"type": "vonage"}
    assert as_official(action) == action


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_audio_formats(audio_format: AudioFormat) -> None:
    action = connect(CALL, ADDRESS, audio_format, FIRST)
    assert action["endpoint"][0]["content-type"] == f"audio/l16;rate={audio_format.sample_rate}"
    assert as_official(action) == action


@pytest.mark.parametrize(
    ("call", "headers"),
    [
        (IncomingCall("u-1"), {"call_uuid": "u-1"}),
        (IncomingCall("u-1", "CON-1"), {"call_uuid": "u-1", "conversation_uuid": "CON-1"}),
    ],
)
def test_headers_name_only_what_is_known(call: IncomingCall, headers: dict[str, str]) -> None:
    action = connect(call, ADDRESS, AudioFormat.L16_16000, FIRST)
    assert action["endpoint"][0].get("headers") == headers
    assert as_official(action) == action


def test_longest_headers_fit() -> None:
    action = connect(IncomingCall(uuid="a" * 100, conversation_uuid="b" * 100), ADDRESS, AudioFormat.L16_16000, FIRST)
    assert len(json.dumps(action["endpoint"][0]["headers"])) <= 512


@pytest.mark.parametrize("to", ["1234567", "123456789012345", "447700900001"])
@pytest.mark.parametrize("prefix", ["", "+", " "])
def test_from_is_the_called_number(prefix: str, to: str) -> None:
    assert connect(IncomingCall("u-1", to=prefix + to), ADDRESS, AudioFormat.L16_16000, FIRST)["from"] == to


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
    action = connect(IncomingCall("u-1", to=to), ADDRESS, AudioFormat.L16_16000, FIRST)
    assert "from" not in action
    assert as_official(action) == action


@given(st.none() | st.text() | st.from_regex(r"[+ ]?[0-9]{5,17}", fullmatch=True))
def test_official_models_accept_any_call(to: str | None) -> None:
    action = connect(IncomingCall("u-1", to=to), ADDRESS, AudioFormat.L16_8000, FIRST)
    assert as_official(action) == action
