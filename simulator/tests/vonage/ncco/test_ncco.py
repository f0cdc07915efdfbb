"""What each NCCO comes out as: the rule that is named, and whether it is broken."""

from __future__ import annotations

import copy
import json
import math
from typing import Any

import pytest

from voice_simulator.audio.format import AudioFormat
from voice_simulator.vonage.ncco.actions import ACTIONS, Connect, Input, RecordAudio, Talk, Wait
from voice_simulator.vonage.ncco.endpoints import ENDPOINTS, WebSocket
from voice_simulator.vonage.ncco.ncco import Ncco, read_ncco, read_response
from voice_simulator.vonage.ncco.rules import NCCO_RULES

CALLER = "447700900123"
TALK = {"action": "talk", "text": "Please wait"}
SOCKET: dict[str, Any] = {
    "action": "connect",
    "from": "442079460000",
    "eventType": "synchronous",
    "eventUrl": ["https://host/webhooks/events?attempt=1"],
    "endpoint": [{"type": "websocket", "uri": "wss://host/socket", "content-type": "audio/l16;rate=16000"}],
}
PHONE = {"action": "connect", "endpoint": [{"type": "phone", "number": "447700900001"}]}
MISSING = object()


def read(*actions: object, url: str = "https://host/answer") -> Ncco:
    return read_ncco(list(actions), caller=CALLER, url=url)


def changed(action: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Return an action with the value at a path like "endpoint.0.uri" replaced, or taken out."""
    copied: Any = copy.deepcopy(action)
    *parents, last = [int(name) if name.isdigit() else name for name in path.split(".")]
    place = copied
    for name in parents:
        place = place[name]
    if value is MISSING:
        del place[last]
    else:
        place[last] = value
    return dict(copied)


def talk(**fields: object) -> dict[str, Any]:
    return TALK | fields


def socket(**endpoint: object) -> dict[str, Any]:
    """Return a connect to a WebSocket with other fields of its endpoint; `content_type` is `content-type`."""
    fields = {name.replace("_", "-"): value for name, value in endpoint.items()}
    return SOCKET | {"endpoint": [SOCKET["endpoint"][0] | fields]}


def to(**endpoint: object) -> dict[str, Any]:
    return {"action": "connect", "endpoint": [endpoint]}


GOOD: list[list[dict[str, Any]]] = [
    [TALK, SOCKET],
    [talk(text="x" * 1500, language="cmn-Hant-TW", style=3, premium=True, loop=0, level=-1)],
    [talk(loop=5000, style=2000, voiceName="Amy", eventOnCompletion=True, eventUrl=["https://h/e"])],
    [talk(provider="acme", providerOptions={"voice": "a"})],
    [talk(bargeIn=True), TALK, {"action": "input", "type": ["dtmf"]}],
    [{"action": "stream", "streamUrl": ["https://h/a.mp3"], "level": 0.5, "loop": 0}],
    [{"action": "input", "type": ["dtmf"], "dtmf": {"timeOut": 10, "maxDigits": 20, "submitOnHash": True}}],
    [{"action": "input", "type": ["dtmf"], "mode": "asynchronous", "eventUrl": ["https://h/e"], "eventMethod": "GET"}],
    [{"action": "input", "type": ["dtmf", "speech"], "speech": {
        "uuid": ["u"], "language": "en-GB", "context": ["sales"], "endOnSilence": 0.4, "startTimeout": 60,
        "maxDuration": 1, "saveAudio": True, "sensitivity": 0}}],
    [{"action": "record"}],
    [{"action": "record", "format": "ogg", "split": "conversation", "channels": 32, "beepStart": True,
      "endOnSilence": 3, "endOnKey": "*", "timeOut": 7200, "transcription": {}}],
    [{"action": "conversation", "name": "room", "startOnEnter": False, "endOnExit": True, "mute": True, "canHear": []}],
    [{"action": "notify", "payload": {}, "eventUrl": ["https://h/e"]}],
    [{"action": "wait"}, {"action": "wait", "timeout": 0.1}, {"action": "wait", "timeout": -1}],
    [{"action": "transfer", "conversationId": "CON-1", "canHear": ["u"], "canSpeak": []}],
    [{"action": "transfer", "conversation_id": "CON-1"}],
    [PHONE | {"from": "1234567", "timeout": 1, "limit": 7200, "ringbackTone": "https://h/r.mp3"}, TALK],
    [to(type="phone", number="447700900001", dtmfAnswer="1p2#", onAnswer={"url": "https://h/a"})],
    [to(type="sip", uri="sip:a@b.c;transport=tls", headers={}, standardHeaders={}, standard_headers={})],
    [to(type="sip", user="a", domain="b") | {"randomFromNumber": True, "machineDetection": "hangup"}],
    [to(type="app", user="bob") | {"advancedMachineDetection": {"behavior": "continue"}}],
    [to(type="vbc", extension="12") | {"advanced_machine_detection": {}}],
    [socket(content_type="audio/l16;rate=24000", headers={"a": "x" * 504})],
    [socket(authorization={"type": "vonage"})],
    [socket(authorization={"type": "custom", "value": "x" * 8191})],
]  # fmt: skip

# An NCCO, the rule that it breaks, and how the sentence goes on behind the action's place.
REFUSED: list[tuple[list[Any], str, str]] = [
    (["talk"], "shape", " must be an object"),
    ([{"action": "sing"}], "shape", ".action must be talk or stream or input"),
    ([{"action": "pay"}], "shape", ".action must be talk"),
    ([{}], "shape", ".action must be talk"),
    ([talk(text=" \n")], "talk-text", ".text must be 1 to 1500 characters, not only spaces"),
    ([talk(text="x" * 1501)], "talk-text", ".text must be 1 to 1500 characters"),
    ([talk(text=["x"])], "talk-text", ".text must be 1 to 1500 characters"),
    ([{"action": "talk"}], "talk-text", ".text is missing"),
    ([talk(language="english please")], "shape", ".language must be a BCP-47 tag"),
    ([talk(premium="yes")], "shape", ".premium must be true or false"),
    ([talk(loop=-1)], "shape", ".loop must be a whole number from 0"),
    ([talk(loop=True)], "shape", ".loop must be a whole number from 0"),
    ([talk(loop="twice")], "shape", ".loop must be a whole number from 0"),
    ([talk(loop=1.5)], "shape", ".loop must be a whole number from 0"),
    ([talk(level=1.5)], "shape", ".level must be a number from -1 to 1"),
    ([talk(level="1.5")], "shape", ".level must be a number from -1 to 1"),
    ([talk(level=math.nan)], "shape", ".level must be a number from -1 to 1"),
    ([{"action": "stream"}], "absolute-urls", ".streamUrl is missing"),
    ([{"action": "stream", "streamUrl": "https://h/a.mp3"}], "absolute-urls", ".streamUrl must be an array"),
    ([{"action": "stream", "streamUrl": ["a.mp3"]}], "absolute-urls", ".streamUrl must be an array"),
    ([{"action": "input"}], "shape", ".type is missing"),
    ([{"action": "input", "type": "dtmf"}], "shape", '.type must be an array of "dtmf", "speech" or both'),
    ([{"action": "input", "type": []}], "shape", ".type must be an array"),
    ([{"action": "input", "type": ["dtmf"], "dtmf": {"maxDigits": 21}}], "shape", ".dtmf.maxDigits must be a whole"),
    ([{"action": "input", "type": ["dtmf"], "dtmf": 5}], "shape", ".dtmf must be an object"),
    ([{"action": "input", "type": ["speech"], "speech": {"endOnSilence": 0.3}}], "shape",
     ".speech.endOnSilence must be a number of seconds from 0.4 to 10"),
    ([{"action": "record", "format": "flac"}], "shape", ".format must be mp3 or wav or ogg"),
    ([{"action": "record", "endOnSilence": 2}], "shape", ".endOnSilence must be a number of seconds from 3 to 10"),
    ([{"action": "record", "endOnKey": "##"}], "shape", ".endOnKey must be one key"),
    ([{"action": "conversation"}], "shape", ".name is missing"),
    ([{"action": "conversation", "name": "r", "mute": True, "canSpeak": ["u"]}], "shape", ".mute must not be true"),
    ([{"action": "notify", "payload": {}}], "absolute-urls", ".eventUrl is missing"),
    ([{"action": "notify", "payload": "x", "eventUrl": ["https://h/e"]}], "shape", ".payload must be an object"),
    ([{"action": "wait", "timeout": "ten"}], "times", ".timeout must be a number of seconds"),
    ([{"action": "wait", "timeout": True}], "times", ".timeout must be a number of seconds"),
    ([{"action": "transfer", "conversationId": "CON-1"}, TALK], "connect-last", ": no action may follow the transfer"),
    ([PHONE | {"from": "+442079460000"}], "from-number", ".from must be a number in E.164: 7 to 15 digits without +"),
    ([PHONE | {"from": CALLER}], "from-not-caller", ".from must be a number of the account; it is the caller's own"),
    ([PHONE | {"from": "442079460000", "randomFromNumber": True}], "shape", ".from must not be given with random"),
    ([to(type="pigeon")], "shape", ".endpoint[0].type must be websocket or phone"),
    ([to(type="phone")], "shape", ".endpoint[0].number is missing"),
    ([to(type="phone", number="+44")], "shape", ".endpoint[0].number must be a number in E.164"),
    ([to(type="sip")], "shape", ".endpoint[0].uri is missing, or user and domain are"),
    ([to(type="sip", uri="bob@h")], "shape", ".endpoint[0].uri must be a SIP URI"),
    ([to(type="app", user="b", onAnswer={})], "absolute-urls", ".endpoint[0].onAnswer.url is missing"),
    ([changed(SOCKET, "endpoint", MISSING)], "one-endpoint", ".endpoint is missing"),
    ([SOCKET | {"endpoint": []}], "one-endpoint", ".endpoint must be an array of exactly one object; it is an ar"),
    ([SOCKET | {"endpoint": SOCKET["endpoint"] * 2}], "one-endpoint", ".endpoint must be an array of exactly one"),
    ([SOCKET | {"endpoint": {"type": "websocket"}}], "one-endpoint", ".endpoint must be an array of exactly one"),
    ([SOCKET | {"eventType": "asynchronous"}], "shape", ".eventType must be synchronous"),
    ([SOCKET | {"eventUrl": "https://host/events"}], "absolute-urls", ".eventUrl must be an array of absolute http(s)"),
    ([SOCKET | {"eventUrl": ["/webhooks/events"]}], "absolute-urls", ".eventUrl must be an array of absolute http(s)"),
    ([SOCKET | {"eventUrl": []}], "absolute-urls", ".eventUrl must be an array of absolute http(s)"),
    ([SOCKET | {"eventMethod": "PUT"}], "shape", ".eventMethod must be GET or POST"),
    ([SOCKET | {"timeout": 0}], "times", ".timeout must be a whole number of seconds from 1 to 7200"),
    ([SOCKET | {"limit": "7201"}], "times", ".limit must be a whole number of seconds from 1 to 7200"),
    ([changed(SOCKET, "endpoint.0.uri", MISSING)], "absolute-urls", ".endpoint[0].uri is missing"),
    *(([socket(uri=uri)], "absolute-urls", ".endpoint[0].uri must be an absolute wss://") for uri in
      ("/socket", "https://host/socket", "wss://host/s#a", "wss://host/so cket", "wss://host:99999/socket", 5)),
    ([socket(uri="ws://host/socket")], "wss", ".endpoint[0].uri must be wss://, as the webhook was reached by https"),
    *(([socket(content_type=kind)], "audio-format", ".endpoint[0].content-type must be audio/l16;rate=8000 or") for kind
      in ("audio/l16;rate=11025", "audio/pcmu", ["audio/l16"])),
    ([socket(headers=[])], "shape", ".endpoint[0].headers must be an object"),
    ([socket(headers={"a": "x" * 1993})], "headers-size", ".endpoint[0].headers must be at most 512 bytes"),
    ([socket(headers={"a": "é" * 997})], "headers-size", ".endpoint[0].headers must be at most 512 bytes"),
    ([socket(headers={"Event": "x"})], "headers-names", ".endpoint[0].headers must not have the name 'event'"),
    ([socket(authorization="Bearer hidden")], "authorization", ".endpoint[0].authorization must be an object"),
    ([socket(authorization={"type": "basic"})], "authorization", ".endpoint[0].authorization.type must be custom or"),
    ([socket(authorization={"type": "custom"})], "authorization", ".endpoint[0].authorization.value is missing"),
    ([socket(authorization={"type": "custom", "value": "hidden é"})], "authorization",
     ".endpoint[0].authorization.value must be 1 to 8191 characters"),
]  # fmt: skip

# What the platform takes, or may take: a warning, and the call goes on.
TAKEN: list[tuple[list[Any], str, str]] = [
    ([talk(txet="x")], "shape", ".txet is no field that this simulator knows; text is probably meant"),
    ([talk(colour="x")], "shape", ".colour is no field that this simulator knows; it knows bargeIn, eventMethod"),
    ([talk(bargeIn=True)], "shape", ".bargeIn must be followed by an input"),
    ([talk(provider="acme")], "shape", ".providerOptions is missing: provider and providerOptions go together"),
    ([{"action": "input", "type": ["speech"], "speech": {"providerOptions": {}}}], "shape", ".speech.provider is m"),
    ([SOCKET | {"from": "NexmoTest"}], "from-number", ".from must be a number in E.164"),
    ([SOCKET | {"from": CALLER}], "from-not-caller", ".from must be a number of the account"),
    ([to(type="sip", uri="sip:a@b") | {"from": "bob"}], "from-number", ".from must be a number in E.164"),
    ([changed(SOCKET, "endpoint.0.content-type", MISSING)], "audio-format", ".endpoint[0].content-type is missing"),
    ([socket(headers={"a": "x" * 505})], "headers-size", ".endpoint[0].headers must be at most 512 bytes of JSON"),
    ([socket(headers={"a": "x" * 1992})], "headers-size", ".endpoint[0].headers must be at most 512 bytes of JSON"),
    ([SOCKET, TALK], "connect-last", ": an action behind the connect may run as soon as the socket is up; 1 follow"),
]  # fmt: skip


@pytest.mark.parametrize("actions", GOOD)
def test_what_the_platform_takes_is_neither_wrong_nor_odd(actions: list[dict[str, Any]]) -> None:
    ncco = read(*actions)
    assert not ncco.diagnostics
    assert [action.as_written for action in ncco.actions] == actions


@pytest.mark.parametrize(("actions", "rule", "sentence"), REFUSED)
def test_what_the_platform_refuses_names_the_rule(actions: list[Any], rule: str, sentence: str) -> None:
    ncco = read(*actions)
    assert not ncco.actions
    (error,) = ncco.errors
    assert error.rule == f"ncco.{rule}"
    assert error.sentence.startswith(f"NCCO[0]{sentence}")
    assert "hidden" not in str(ncco)  # an authorization is a secret


@pytest.mark.parametrize(("actions", "rule", "sentence"), TAKEN)
def test_what_the_platform_may_take_is_a_warning(actions: list[Any], rule: str, sentence: str) -> None:
    ncco = read(*actions)
    assert len(ncco.actions) == len(actions)
    (warning,) = ncco.diagnostics
    assert (warning.rule, warning.breaks_rule) == (f"ncco.{rule}", False)
    assert warning.sentence.startswith(f"NCCO[0]{sentence}")


def test_every_action_endpoint_and_rule_has_an_example() -> None:
    good = [action for actions in GOOD for action in actions]
    assert {action["action"] for action in good} == ACTIONS.keys()
    assert {action["endpoint"][0]["type"] for action in good if "endpoint" in action} == ENDPOINTS.keys()
    assert {f"ncco.{rule}" for _, rule, _ in REFUSED} == {rule.id for rule in NCCO_RULES}


@pytest.mark.parametrize(
    ("action", "meant"),
    [
        (talk(bargeIn="false", level="0", loop="1", premium="True"), Talk(text="Please wait", premium=True)),
        (talk(text=5, language="en_GB", style=3.0), Talk(text="5", language="en-GB", style=3)),
        (talk(loop=None), Talk(text="Please wait")),
        (
            {"action": "record", "beepStart": "true", "endOnSilence": "3"},
            RecordAudio(beep_start=True, end_on_silence=3),
        ),
        ({"action": "record", "endOnKey": 1, "eventMethod": "get"}, RecordAudio(end_on_key="1", event_method="GET")),
        ({"action": "wait", "timeout": "0.5"}, Wait(timeout=0.5)),
        ({"action": "input", "type": ["dtmf"], "dtmf": {"maxDigits": "2"}}, None),
        (SOCKET | {"timeout": "60", "limit": "7200"}, None),
        (socket(content_type="audio/L16; rate=16000"), None),
        (to(type="vbc", extension=12), None),
    ],
)
def test_values_in_another_form_are_taken_with_one_warning(action: dict[str, Any], meant: object) -> None:
    ncco = read(talk(loop="2"), action)
    (warning,) = ncco.diagnostics
    assert (warning.rule, warning.breaks_rule, warning.section) == ("ncco.shape", False, "2.1")
    assert warning.sentence.startswith(
        'values in another form than the reference\'s are taken as meant: NCCO[0].loop "2" as 2, '
    )
    assert ncco.actions[1] == meant or meant is None


def test_a_typed_action_has_the_platforms_defaults() -> None:
    connect, collect = read(SOCKET, {"action": "input", "type": ["dtmf"], "dtmf": {"timeOut": 5}}).actions
    assert isinstance(connect, Connect)
    assert (connect.timeout, connect.limit, connect.event_method, connect.is_synchronous) == (60, 7200, "POST", True)
    assert isinstance(connect.endpoint, WebSocket)
    assert isinstance(collect, Input)
    assert (collect.dtmf.time_out, collect.dtmf.max_digits, collect.speech.start_timeout) == (5, 4, 10)


def test_a_misspelled_content_type_is_named_and_16_khz_are_taken() -> None:
    ncco = read(to(type="websocket", uri="wss://h/s", contentType="audio/l16;rate=8000"))
    assert "content-type is probably meant" in ncco.warnings[0].sentence
    (connect,) = ncco.actions
    assert isinstance(connect, Connect)
    assert isinstance(connect.endpoint, WebSocket)
    assert connect.endpoint.content_type is AudioFormat.L16_16000


@pytest.mark.parametrize("written", [{}, [], None, "talk", 5])
def test_an_ncco_is_an_array_of_actions(written: object) -> None:
    (error,) = read_ncco(written, caller=CALLER, url="https://host/answer").errors
    assert "must be a JSON array of at least one action" in error.sentence


@pytest.mark.parametrize(
    ("url", "uri", "opened"),
    [
        ("http://127.0.0.1:3000/answer", "wss://127.0.0.1:3000/echo?a=1", "ws://127.0.0.1:3000/echo?a=1"),
        ("http://127.0.0.1:3000/answer", "wss://127.0.0.1/echo", "ws://127.0.0.1:3000/echo"),
        ("http://localhost:3000/answer?x=1", "wss://127.0.0.1/echo", "ws://localhost:3000/echo"),
        ("http://[::1]:3000/answer", "wss://[::1]/echo", "ws://[::1]:3000/echo"),
        ("http://voice.example/answer", "wss://VOICE.example/echo", "ws://voice.example/echo"),
        ("http://127.0.0.1:3000/answer", "wss://other.example/echo", None),
        ("http://127.0.0.1:3000/answer", "wss://127.0.0.1:3001/echo", None),
        ("http://127.0.0.1:3000/answer", "ws://127.0.0.1/echo", None),
        ("https://voice.example/answer", "wss://voice.example/echo", None),
    ],
)
def test_wss_at_a_plain_webhooks_own_host_is_opened_at_the_webhooks_address(
    url: str, uri: str, opened: str | None
) -> None:
    ncco = read(socket(uri=uri), url=url)
    (connect,) = ncco.actions
    assert isinstance(connect, Connect)
    assert isinstance(connect.endpoint, WebSocket)
    assert connect.endpoint.uri == (opened or uri)
    assert [(each.rule, each.breaks_rule) for each in ncco.diagnostics] == ([("ncco.wss", False)] if opened else [])


def test_ws_is_allowed_where_the_webhook_is_reached_by_http() -> None:
    assert not read(socket(uri="ws://127.0.0.1:3000/socket"), url="http://127.0.0.1:3000/answer").diagnostics


@pytest.mark.parametrize(
    ("action", "section"),
    [
        ({"action": "dance"}, "2.1"),
        ({"action": "talk"}, "2.2"),
        ({"action": "connect"}, "2.3"),
        ({"action": "connect", "endpoint": [{"type": "websocket"}]}, "2.3"),
        ({"action": "connect", "endpoint": [{"type": "phone"}]}, "2.4"),
        ({"action": "record", "format": "midi"}, "2.4"),
    ],
)
def test_a_diagnostic_cites_the_section_of_its_action(action: object, section: str) -> None:
    assert {each.section for each in read(action).errors} == {section}
    assert str(read(action).errors[0]).endswith(f"; platform.md, {section})")


@pytest.mark.parametrize(
    ("status", "content_type", "body", "sentence"),
    [
        (204, "application/json", json.dumps([TALK]).encode(), "status must be 200; it is 204"),
        (200, "text/json", json.dumps([TALK]).encode(), "Content-Type must be application/json; it is 'text/json'"),
        (200, "", json.dumps([TALK]).encode(), "Content-Type must be application/json; it is 'missing'"),
        (200, "application/json", b"[{]", "body must be JSON"),
        (200, "application/json", b"\xff", "body must be JSON"),
        (200, "application/json", b"{}", "must be a JSON array"),
    ],
)
def test_the_response_has_rules_of_its_own(status: int, content_type: str, body: bytes, sentence: str) -> None:
    (error,) = read_response(status, content_type, body, caller=CALLER, url="https://host/answer").errors
    assert sentence in error.sentence
    assert (error.rule, error.section) == ("ncco.shape", "2.1")


def test_a_good_response_gives_its_ncco() -> None:
    response = read_response(
        200, "application/json; charset=utf-8", b'[{"action": "wait"}]', caller="", url="https://host/answer"
    )
    assert (response.actions, response.diagnostics) == ([Wait()], ())


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [(-1, 0.1), (0.05, 0.1), (0.1, 0.1), (2, 2), (0.75, 0.75), (7200, 7200), (7201, 7200), (math.inf, 7200)],
)
def test_a_wait_is_clamped(timeout: float, seconds: float) -> None:
    assert Wait(timeout=timeout).seconds == seconds


def test_a_text_takes_as_long_as_a_voice_each_time() -> None:
    assert [Talk(text="x" * 30, loop=loop).seconds for loop in (1, 3, 0)] == [2, 6, None]
