from __future__ import annotations

import copy
import json
import math
from typing import Any

import pytest

from voice_simulator.vonage.ncco_check import check_ncco, check_response, read_response

CALLER = "447700900123"
GOOD: list[dict[str, Any]] = [
    {
        "action": "talk",
        "text": "Please wait",
        "language": "en-GB",
        "style": 0,
        "premium": True,
        "loop": 2,
        "level": 0.5,
    },
    {
        "action": "connect",
        "from": "442079460000",
        "eventType": "synchronous",
        "eventUrl": ["https://host/webhooks/events?attempt=1"],
        "eventMethod": "POST",
        "timeout": 10,
        "limit": 7200,
        "endpoint": [
            {
                "type": "websocket",
                "uri": "wss://host/socket",
                "content-type": "audio/l16;rate=16000",
                "headers": {"call_uuid": "u", "conversation_uuid": "CON-u"},
                "authorization": {"type": "custom", "value": "Bearer t"},
            }
        ],
    },
]
MISSING = object()


def problems(ncco: object, secure: bool = True) -> list[str]:
    return [finding.sentence for finding in check_ncco(ncco, caller=CALLER, secure=secure) if finding.breaks_rule]


def warnings(ncco: object) -> list[str]:
    return [finding.sentence for finding in check_ncco(ncco, caller=CALLER, secure=True) if not finding.breaks_rule]


def changed(path: str, value: object) -> list[dict[str, Any]]:
    """Return the good NCCO with the value at a path like "1.endpoint.0.uri" replaced, or taken out."""
    ncco: Any = copy.deepcopy(GOOD)
    *parents, last = [int(name) if name.isdigit() else name for name in path.split(".")]
    place = ncco
    for name in parents:
        place = place[name]
    if value is MISSING:
        del place[last]
    else:
        place[last] = value
    return ncco  # type: ignore[no-any-return]


def test_a_good_ncco_breaks_no_rule() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("0", {"action": "talk", "text": "x"}),
        ("0.text", "x" * 1500),
        ("0.language", "cmn-Hant-TW"),
        ("0.level", -1),
        ("0.loop", 0),
        ("1.from", MISSING),
        ("1.from", "1234567"),
        ("1.eventType", MISSING),
        ("1.eventUrl", ["http://127.0.0.1:3000/webhooks/events"]),
        ("1.eventMethod", "GET"),
        ("1.timeout", MISSING),
        ("1.limit", 1),
        ("1.endpoint.0.content-type", "audio/l16;rate=8000"),
        ("1.endpoint.0.content-type", "audio/l16;rate=24000"),
        ("1.endpoint.0.headers", {}),
        ("1.endpoint.0.headers", {"a": "x" * 504}),
        ("1.endpoint.0.authorization", {"type": "vonage"}),
        ("1.endpoint.0.authorization.value", "x" * 8191),
    ],
)
def test_what_the_rules_allow(path: str, value: object) -> None:
    assert problems(changed(path, value)) == []


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("0", "talk", "NCCO[0] must be an object"),
        ("0.action", "sing", "NCCO[0].action must be talk or stream or input"),
        ("0.action", MISSING, "NCCO[0].action must be talk or stream or input"),
        ("0.text", MISSING, "NCCO[0].text is missing"),
        ("0.text", "", "NCCO[0].text must be 1 to 1500 characters"),
        ("0.text", " \n", "NCCO[0].text must be 1 to 1500 characters"),
        ("0.text", "x" * 1501, "NCCO[0].text must be 1 to 1500 characters"),
        ("0.text", 5, "NCCO[0].text must be 1 to 1500 characters"),
        ("0.language", "english please", "NCCO[0].language must be a BCP-47 tag"),
        ("0.style", "0", "NCCO[0].style must be a whole number"),
        ("0.premium", "true", "NCCO[0].premium must be true or false"),
        ("0.loop", -1, "NCCO[0].loop must be a whole number from 0"),
        ("0.loop", True, "NCCO[0].loop must be a whole number from 0"),
        ("0.level", 1.5, "NCCO[0].level must be a number from -1 to 1"),
        ("1.endpoint", MISSING, "NCCO[1].endpoint is missing"),
        ("1.endpoint", [], "NCCO[1].endpoint must be an array of exactly one object"),
        ("1.endpoint", [GOOD[1]["endpoint"][0]] * 2, "NCCO[1].endpoint must be an array of exactly one object"),
        ("1.endpoint", GOOD[1]["endpoint"][0], "NCCO[1].endpoint must be an array of exactly one object"),
        ("1.from", "+442079460000", "NCCO[1].from must be a number in E.164"),
        ("1.from", "anonymous", "NCCO[1].from must be a number in E.164"),
        ("1.from", "123456", "NCCO[1].from must be a number in E.164"),
        ("1.from", "1" * 16, "NCCO[1].from must be a number in E.164"),
        ("1.from", CALLER, "NCCO[1].from must be a number of the account; it is the caller's own"),
        ("1.eventType", "asynchronous", 'NCCO[1].eventType must be "synchronous"'),
        ("1.eventUrl", "https://host/events", "NCCO[1].eventUrl must be an array of absolute http(s) URLs"),
        ("1.eventUrl", ["/webhooks/events"], "NCCO[1].eventUrl must be an array of absolute http(s) URLs"),
        ("1.eventUrl", [], "NCCO[1].eventUrl must be an array of absolute http(s) URLs"),
        ("1.eventMethod", "post", "NCCO[1].eventMethod must be GET or POST"),
        ("1.timeout", "10", "NCCO[1].timeout must be a whole number of seconds"),
        ("1.timeout", 0, "NCCO[1].timeout must be a whole number of seconds"),
        ("1.limit", 7201, "NCCO[1].limit must be a whole number of seconds from 1 to 7200"),
        ("1.endpoint.0.type", "pigeon", "NCCO[1].endpoint[0].type must be websocket or phone"),
        ("1.endpoint.0.uri", MISSING, "NCCO[1].endpoint[0].uri is missing"),
        ("1.endpoint.0.uri", "/socket", "NCCO[1].endpoint[0].uri must be an absolute wss://"),
        ("1.endpoint.0.uri", "https://host/socket", "NCCO[1].endpoint[0].uri must be an absolute wss://"),
        ("1.endpoint.0.uri", "wss://host/socket#a", "NCCO[1].endpoint[0].uri must be an absolute wss://"),
        ("1.endpoint.0.uri", "wss://host/so cket", "NCCO[1].endpoint[0].uri must be an absolute wss://"),
        ("1.endpoint.0.uri", "wss://host:99999/socket", "NCCO[1].endpoint[0].uri must be an absolute wss://"),
        ("1.endpoint.0.uri", 5, "NCCO[1].endpoint[0].uri must be an absolute wss://"),
        ("1.endpoint.0.uri", "ws://host/socket", "NCCO[1].endpoint[0].uri must be wss://, as the webhook"),
        ("1.endpoint.0.content-type", MISSING, "NCCO[1].endpoint[0].content-type is missing"),
        ("1.endpoint.0.content-type", "audio/l16;rate=44100", "NCCO[1].endpoint[0].content-type must be audio/l16"),
        ("1.endpoint.0.content-type", ["audio/l16"], "NCCO[1].endpoint[0].content-type must be audio/l16"),
        ("1.endpoint.0.headers", [], "NCCO[1].endpoint[0].headers must be an object"),
        ("1.endpoint.0.headers", {"a": "x" * 505}, "NCCO[1].endpoint[0].headers must be at most 512 bytes"),
        ("1.endpoint.0.headers", {"a": "é" * 253}, "NCCO[1].endpoint[0].headers must be at most 512 bytes"),
        ("1.endpoint.0.headers", {"event": "x"}, "NCCO[1].endpoint[0].headers must not have the name 'event'"),
        ("1.endpoint.0.headers", {"Content-Type": "x"}, "NCCO[1].endpoint[0].headers must not have the name"),
        ("1.endpoint.0.authorization", "Bearer t", "NCCO[1].endpoint[0].authorization must be an object"),
        ("1.endpoint.0.authorization.type", "basic", "NCCO[1].endpoint[0].authorization.type must be custom or vonage"),
        ("1.endpoint.0.authorization.value", MISSING, "NCCO[1].endpoint[0].authorization.value must be 1 to 8191"),
        ("1.endpoint.0.authorization.value", "é", "NCCO[1].endpoint[0].authorization.value must be 1 to 8191"),
        ("1.endpoint.0.authorization.value", "x" * 8192, "NCCO[1].endpoint[0].authorization.value must be 1 to 8191"),
    ],
)  # fmt: skip
def test_each_broken_rule_is_named(path: str, value: object, problem: str) -> None:
    found = problems(changed(path, value))
    assert len(found) == 1
    assert found[0].startswith(problem)


@pytest.mark.parametrize("timeout", [0.1, 10, 7200, 0, -1, 1e9, MISSING])
def test_a_wait_may_have_any_number_of_seconds(timeout: object) -> None:
    wait = {"action": "wait"} | ({} if timeout is MISSING else {"timeout": timeout})
    assert problems([wait, GOOD[1]]) == []


@pytest.mark.parametrize("timeout", ["10", True, None, [], math.nan])
def test_a_wait_has_a_number_of_seconds(timeout: object) -> None:
    (problem,) = problems([{"action": "wait", "timeout": timeout}, GOOD[1]])
    assert problem.startswith("NCCO[0].timeout must be a number of seconds; it is ")


@pytest.mark.parametrize(
    ("path", "value"),
    [("0.txet", "x"), ("1.onAnswer", {}), ("0.seconds", 1), ("1.endpoint.0.mood", "good")],
)
def test_a_field_that_is_not_known_is_a_warning(path: str, value: object) -> None:
    odd = changed(path, value)
    assert problems(odd) == []
    (warning,) = warnings(odd)
    *_, name = path.split(".")
    assert f".{name} is no field that this simulator knows" in warning


def test_the_newest_fields_are_known() -> None:
    talk = {"action": "talk", "text": "x", "provider": "acme", "providerOptions": {"voice": "a"}}
    speech = {"action": "input", "type": ["speech"], "speech": {"provider": "acme", "providerOptions": {}}}
    assert check_ncco([talk, speech], caller=CALLER, secure=True) == []


@pytest.mark.parametrize("ncco", [{}, [], None, "talk", 5])
def test_an_ncco_is_an_array_of_actions(ncco: object) -> None:
    assert "must be a JSON array of at least one action" in problems(ncco)[0]


def test_an_action_behind_a_connect_to_a_socket_is_a_warning() -> None:
    assert problems([GOOD[1], GOOD[0]]) == []
    (warning,) = warnings([GOOD[1], GOOD[0]])
    assert warning.startswith("NCCO[0]: an action behind the connect may run as soon as the socket is up; 1 follow.")


def test_an_action_behind_a_connect_to_a_phone_is_not_odd() -> None:
    connect = {"action": "connect", "endpoint": [{"type": "phone", "number": "447700900001"}]}
    assert check_ncco([connect, GOOD[0]], caller=CALLER, secure=True) == []


def test_ws_is_allowed_where_the_webhook_is_reached_by_http() -> None:
    assert problems(changed("1.endpoint.0.uri", "ws://127.0.0.1:3000/socket"), secure=False) == []


def test_a_secret_is_never_shown() -> None:
    assert "hidden" not in str(problems(changed("1.endpoint.0.authorization.value", "hidden é")))


@pytest.mark.parametrize(
    ("status", "content_type", "body", "problem"),
    [
        (204, "application/json", json.dumps(GOOD).encode(), "status must be 200; it is 204"),
        (200, "text/html; charset=utf-8", json.dumps(GOOD).encode(), "Content-Type must be application/json"),
        (200, "", json.dumps(GOOD).encode(), "Content-Type must be application/json; it is 'missing'"),
        (200, "application/json", b"[{]", "body must be JSON"),
        (200, "application/json", b"\xff", "body must be JSON"),
        (200, "application/json", b"{}", "must be a JSON array"),
    ],
)
def test_the_response_has_rules_of_its_own(status: int, content_type: str, body: bytes, problem: str) -> None:
    _, found, _ = check_response(status, content_type, body, caller=CALLER, secure=True)
    assert len(found) == 1
    assert problem in found[0]


def test_a_good_response_gives_its_ncco() -> None:
    body = json.dumps(GOOD).encode()
    response = check_response(200, "application/json; charset=utf-8", body, caller=CALLER, secure=True)
    assert response == (GOOD, [], [])


@pytest.mark.parametrize(
    ("action", "section"),
    [
        ("dance", "2.1"),
        ({"action": "dance"}, "2.1"),
        ({"action": "talk"}, "2.2"),
        ({"action": "connect"}, "2.3"),
        ({"action": "connect", "endpoint": [{"type": "websocket"}]}, "2.3"),
        ({"action": "connect", "endpoint": [{"type": "phone"}]}, "2.4"),
        ({"action": "record", "format": "midi"}, "2.4"),
    ],
)
def test_a_finding_has_the_section_of_its_rule(action: object, section: str) -> None:
    findings = check_ncco([action], caller=CALLER, secure=True)
    assert findings
    assert {finding.section for finding in findings} == {section}


def test_what_is_wrong_with_the_response_has_the_section_on_its_shape() -> None:
    for body in (b"{}", b"no JSON"):
        _, findings = read_response(204, "text/html", body, caller=CALLER, secure=True)
        assert [finding.section for finding in findings] == ["2.1"] * 3
