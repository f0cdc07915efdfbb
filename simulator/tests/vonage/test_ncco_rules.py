from __future__ import annotations

from typing import Any

import pytest

from voice_simulator.vonage.ncco_check import check_ncco
from voice_simulator.vonage.ncco_rules import ACTIONS

GOOD: dict[str, list[dict[str, Any]]] = {
    "talk": [{"text": "x", "loop": 0}, {"text": "x", "language": "cmn-CN", "style": 3, "premium": True, "level": -1}],
    "stream": [{"streamUrl": ["https://h/a.mp3"], "level": 0.5, "loop": 0}],
    "input": [
        {"type": ["dtmf"], "dtmf": {"timeOut": 10, "maxDigits": 20, "submitOnHash": True}},
        {"type": ["dtmf"], "mode": "asynchronous", "eventUrl": ["https://h/e"], "eventMethod": "GET"},
        {"type": ["dtmf", "speech"], "speech": {
            "uuid": ["u"], "language": "en-GB", "context": ["sales"], "endOnSilence": 0.4, "startTimeout": 60,
            "maxDuration": 1, "saveAudio": True, "sensitivity": 0}},
    ],
    "record": [
        {}, {"format": "ogg", "split": "conversation", "channels": 32, "beepStart": True, "transcription": {}},
        {"endOnSilence": 3, "endOnKey": "*", "timeOut": 7200},
    ],
    "conversation": [{"name": "room", "startOnEnter": False, "endOnExit": True, "mute": True, "canHear": []}],
    "notify": [{"payload": {}, "eventUrl": ["https://h/e"]}],
    "wait": [{}, {"timeout": 0.1}],
    "transfer": [{"conversationId": "CON-1", "canHear": ["u"], "canSpeak": []}],
    "connect": [
        {"endpoint": [{"type": "phone", "number": "447700900001", "dtmfAnswer": "1p2#", "onAnswer": {"url": "https://h/a"}}]},
        {"endpoint": [{"type": "sip", "uri": "sip:a@b.c;transport=tls", "headers": {}, "standardHeaders": {}}]},
        {"endpoint": [{"type": "sip", "user": "a", "domain": "b"}], "randomFromNumber": True},
        {"endpoint": [{"type": "app", "user": "bob"}], "machineDetection": "hangup", "ringbackTone": "https://h/r.mp3"},
        {"endpoint": [{"type": "vbc", "extension": "12"}], "advancedMachineDetection": {"behavior": "continue"}},
    ],
}  # fmt: skip

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"action": "stream"}, "streamUrl is missing"),
    ({"action": "stream", "streamUrl": "https://h/a.mp3"}, "streamUrl must be an array of absolute http(s) URLs"),
    ({"action": "stream", "streamUrl": ["a.mp3"]}, "streamUrl must be an array of absolute http(s) URLs"),
    ({"action": "stream", "streamUrl": ["https://h/a"], "level": 2}, "level must be a number from -1 to 1"),
    ({"action": "input"}, "type is missing"),
    ({"action": "input", "type": "dtmf"}, 'type must be an array of "dtmf", "speech" or both'),
    ({"action": "input", "type": []}, 'type must be an array of "dtmf", "speech" or both'),
    ({"action": "input", "type": ["dtmf"], "dtmf": {"maxDigits": 21}}, "dtmf.maxDigits must be a whole number from 1"),
    ({"action": "input", "type": ["dtmf"], "dtmf": {"timeOut": 11}}, "dtmf.timeOut must be a number of seconds from 0"),
    ({"action": "input", "type": ["dtmf"], "dtmf": 5}, "dtmf must be an object"),
    ({"action": "input", "type": ["speech"], "speech": {"endOnSilence": 0.3}}, "speech.endOnSilence must be a number"),
    ({"action": "input", "type": ["speech"], "speech": {"language": "english please"}}, "speech.language must be a B"),
    ({"action": "record", "format": "flac"}, "format must be mp3 or wav or ogg"),
    ({"action": "record", "endOnSilence": 2}, "endOnSilence must be a number of seconds from 3 to 10"),
    ({"action": "record", "endOnKey": "##"}, "endOnKey must be one key"),
    ({"action": "record", "timeOut": 2}, "timeOut must be a whole number of seconds from 3"),
    ({"action": "conversation"}, "name is missing"),
    ({"action": "conversation", "name": " "}, "name must be a string, not empty"),
    ({"action": "conversation", "name": "r", "mute": True, "canSpeak": ["u"]}, "mute must not be true where canSpeak"),
    ({"action": "notify", "payload": {}}, "eventUrl is missing"),
    ({"action": "notify", "payload": "x", "eventUrl": ["https://h/e"]}, "payload must be an object"),
    ({"action": "transfer"}, "conversationId is missing"),
    ({"action": "talk", "text": "x", "bargeIn": True}, "bargeIn must be followed by an input"),
    ({"action": "connect", "endpoint": [{"type": "phone"}]}, "endpoint[0].number is missing"),
    ({"action": "connect", "endpoint": [{"type": "phone", "number": "+44"}]}, "endpoint[0].number must be a number in"),
    ({"action": "connect", "endpoint": [{"type": "sip"}]}, "endpoint[0].uri is missing, or user and domain are"),
    ({"action": "connect", "endpoint": [{"type": "sip", "uri": "bob@h"}]}, "endpoint[0].uri must be a SIP URI"),
    ({"action": "connect", "endpoint": [{"type": "app"}]}, "endpoint[0].user is missing"),
    ({"action": "connect", "endpoint": [{"type": "vbc", "extension": 1}]}, "endpoint[0].extension must be the digits"),
    ({"action": "connect", "endpoint": [{"type": "app", "user": "b", "onAnswer": {}}]}, "onAnswer.url is missing"),
    ({"action": "connect", "from": "442079460000", "randomFromNumber": True,
      "endpoint": [{"type": "app", "user": "b"}]}, "from must not be given with randomFromNumber"),
]  # fmt: skip


def test_every_action_has_a_good_example() -> None:
    assert GOOD.keys() == ACTIONS.keys()


@pytest.mark.parametrize(("name", "fields"), [(name, fields) for name, each in GOOD.items() for fields in each])
def test_a_good_action_is_neither_wrong_nor_odd(name: str, fields: dict[str, Any]) -> None:
    assert check_ncco([{"action": name} | fields], caller="", secure=True) == []


@pytest.mark.parametrize(("action", "problem"), WRONG)
def test_a_wrong_field_is_named_with_its_rule(action: dict[str, Any], problem: str) -> None:
    (finding,) = check_ncco([action], caller="", secure=True)
    assert finding.breaks_rule
    assert finding.sentence.startswith("NCCO[0]")
    assert problem in finding.sentence


@pytest.mark.parametrize("behind", [["input"], ["talk", "input"], ["stream", "input"]])
def test_a_barge_in_is_good_before_an_input(behind: list[str]) -> None:
    ncco = [{"action": "talk", "text": "x", "bargeIn": True}, *({"action": name} | GOOD[name][0] for name in behind)]
    assert check_ncco(ncco, caller="", secure=True) == []


def test_nothing_may_follow_a_transfer() -> None:
    (finding,) = check_ncco(
        [{"action": "transfer", "conversationId": "CON-1"}, {"action": "wait"}], caller="", secure=True
    )
    assert finding.sentence == "NCCO[0]: no action may follow the transfer; 1 do"
