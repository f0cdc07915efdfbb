"""Each fault of an NCCO belongs to one rule."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.tests.harness.placing import connect
from voice_simulator.check.rules.ncco import BELONGS, NCCO, SHAPE, belonging_to
from voice_simulator.vonage.ncco_check import check_ncco

CALLER = "447700900123"
TALK = {"action": "talk", "text": "Hello"}
GOOD = connect("wss://voice.example/socket", "https://voice.example/events", headers={"a": "b"})


def changed(**endpoint: Any) -> list[dict[str, Any]]:
    return [GOOD | {"endpoint": [GOOD["endpoint"][0] | {name.replace("_", "-"): endpoint[name] for name in endpoint}]}]


def without(name: str) -> list[dict[str, Any]]:
    return [{field: value for field, value in GOOD.items() if field != name}]


FAULTS = [
    ("shape", {}),
    ("shape", ["talk"]),
    ("shape", [{"action": "say"}]),
    ("shape", [TALK | {"level": 7}]),
    ("shape", [GOOD | {"eventType": "follow"}]),
    ("shape", changed(headers="none; they follow")),
    ("talk-text", [{"action": "talk", "text": "x" * 1501}]),
    ("talk-text", [{"action": "talk"}]),
    ("from-not-caller", [GOOD | {"from": CALLER}]),
    ("from-number", [GOOD | {"from": "+442079460000"}]),
    ("one-endpoint", [GOOD | {"endpoint": []}]),
    ("one-endpoint", without("endpoint")),
    ("times", [GOOD | {"timeout": 0}]),
    ("times", [GOOD | {"limit": "10"}]),
    ("absolute-urls", [GOOD | {"eventUrl": ["/events"]}]),
    ("absolute-urls", [GOOD | {"eventUrl": "https://voice.example/events"}]),
    ("absolute-urls", changed(uri="/socket")),
    ("absolute-urls", [{"action": "stream", "streamUrl": ["a.wav"]}]),
    ("wss", changed(uri="ws://voice.example/socket")),
    ("audio-format", changed(content_type="audio/l16;rate=11025")),
    ("headers-size", changed(headers={"a": "x" * 600})),
    ("headers-names", changed(headers={"event": "x"})),
    ("authorization", changed(authorization={"type": "basic"})),
    ("authorization", changed(authorization={"type": "custom", "value": ""})),
    ("connect-last", [GOOD, TALK]),
    ("connect-last", [{"action": "transfer", "conversationId": "CON-1"}, TALK]),
]


@pytest.mark.parametrize(("rule", "ncco"), FAULTS)
def test_a_fault_belongs_to_a_rule(rule: str, ncco: object) -> None:
    oddities = check_ncco(ncco, caller=CALLER, secure=True)
    assert [belonging_to(oddity) for oddity in oddities] == [rule]


def test_every_rule_has_a_fault() -> None:
    assert {name for name, _ in FAULTS} == {SHAPE, *(name for name, _ in BELONGS)}
    assert {f"ncco.{name}" for name, _ in FAULTS} == {rule.id for rule in NCCO}


def test_a_good_ncco_has_none() -> None:
    assert not check_ncco([TALK, GOOD], caller=CALLER, secure=True)
