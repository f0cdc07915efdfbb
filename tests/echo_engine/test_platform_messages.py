import json

import pytest

from echo_engine.platform_messages import Connected, Dtmf, Ignored, Played, notify, parse
from shared.audio import AudioFormat


def test_connected_names_the_format_and_carries_the_headers() -> None:
    text = '{"event": "websocket:connected", "content-type": "audio/l16;rate=8000", "call_uuid": "c", "n": 1}'
    message = parse(text)
    assert isinstance(message, Connected)
    assert message.audio_format is AudioFormat.L16_8000
    assert message.headers["call_uuid"] == "c"
    assert "n" not in message.headers


@pytest.mark.parametrize(
    "text",
    [
        '  {"content-type": "audio/l16;rate=16000", "event": "websocket:connected"}',  # a leading space, another order
        '{"content-type": "audio/l16;rate=16000"}',  # an old bridge
    ],
)
def test_connected_is_read_leniently(text: str) -> None:
    assert parse(text) == Connected(AudioFormat.L16_16000, json.loads(text))


@pytest.mark.parametrize("content_type", [None, 5, "audio/opus", ["audio/l16;rate=16000"]])
def test_connected_with_an_unknown_format_announces_none(content_type: object) -> None:
    message = parse(json.dumps({"event": "websocket:connected", "content-type": content_type}))
    assert isinstance(message, Connected)
    assert message.audio_format is None


@pytest.mark.parametrize("digit", "0123456789*#")
def test_keys(digit: str) -> None:
    assert parse(json.dumps({"event": "websocket:dtmf", "digit": digit, "duration": 260})) == Dtmf(digit)
    assert parse(json.dumps({"digit": digit, "duration": 260})) == Dtmf(digit)


@pytest.mark.parametrize("digit", ["", "12", "A", "²", 5, None, ["5"]])
def test_what_is_no_key_has_no_consequence(digit: object) -> None:
    assert parse(json.dumps({"event": "websocket:dtmf", "digit": digit})) == Ignored()


@pytest.mark.parametrize("event", ["websocket:cleared", "websocket:notify", "websocket:later", 7, None])
def test_other_events_are_the_platforms_but_have_no_consequence(event: object) -> None:
    assert parse(json.dumps({"event": event, "payload": {}})) == Ignored()


def test_the_answer_to_a_notify_brings_its_mark_back() -> None:
    command = json.loads(notify(7))
    assert command["action"] == "notify"
    assert parse(json.dumps({"event": "websocket:notify", "payload": command["payload"]})) == Played(7)


@pytest.mark.parametrize(
    "payload", [None, 7, [], {}, {"mark": 7}, {"echo_engine_mark": "7"}, {"echo_engine_mark": None}]
)
def test_an_answer_to_a_notify_of_somebody_elses_has_no_consequence(payload: object) -> None:
    assert parse(json.dumps({"event": "websocket:notify", "payload": payload})) == Ignored()


@pytest.mark.parametrize(
    "text",
    ["hello", "", "{", '{"hello": 1}', "[]", '"event"', "null", "[" * 100_000, "1" * 5000, '{"a":' * 50_000],
    ids=lambda text: text[:12],
)
def test_anything_else_is_not_the_platforms(text: str) -> None:
    assert parse(text) is None
