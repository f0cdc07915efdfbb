from __future__ import annotations

from typing import Any

import pytest

from voice_simulator.record.events import (
    ActionBegan,
    InputCollected,
    RecordingMade,
    RequestSent,
    SocketClosed,
    SocketReported,
)
from voice_simulator.record.record import Record
from voice_simulator.record.steps import Step, steps


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ({"action": "talk", "text": "Hello"}, "Hello"),
        ({"action": "stream", "streamUrl": ["http://h/a.wav"]}, "http://h/a.wav"),
        ({"action": "input", "type": ["dtmf", "speech"]}, "dtmf and speech"),
        ({"action": "conversation", "name": "room"}, "room"),
        ({"action": "transfer", "conversationId": "CON-1"}, "CON-1"),
        ({"action": "notify", "payload": {}, "eventUrl": ["http://h/n"]}, "http://h/n"),
        ({"action": "connect", "endpoint": [{"type": "sip"}]}, "sip"),
        ({"action": "record"}, ""),
    ],
)
def test_an_action_is_a_step_with_what_tells_it_from_others(action: dict[str, Any], words: str) -> None:
    record = Record()
    record.add(ActionBegan(1.0, 0, action, None))
    assert list(steps(record)) == [Step(1.0, action["action"], words)]


def test_what_a_person_does_not_need_is_no_step() -> None:
    record = Record()
    for event in (
        RequestSent(1.0, 0, "answer", None, "GET", "http://h/answer", {}, 1),
        RequestSent(2.0, 1, "event", "ringing", "POST", "http://h/event", {}, 1),
        RequestSent(3.0, 2, "event", "ringing", "POST", "http://h/event", {}, 2),
        InputCollected(4.0, None, "12"),
        InputCollected(5.0, "hello", ""),
        RecordingMade(6.0, "uuid", 1000),
        SocketClosed(7.0, "ws://h", 1000, "", "application"),
        SocketReported(7.5, new_ncco=True),
        SocketReported(7.7, new_ncco=True),
        SocketClosed(8.0, "ws://h", 1006, "", "platform"),
        SocketReported(8.5, new_ncco=False),
    ):
        record.add(event)
    assert list(steps(record)) == [
        Step(2.0, "event", "ringing to http://h/event"),
        Step(4.0, "collected", "keys 12"),
        Step(5.0, "collected", "'hello'"),
        Step(6.0, "recording", "1000 bytes"),
        Step(7.5, "closed", "by the server, code 1000"),
        Step(8.5, "closed", "by the simulator, as the platform does at a wrong message, code 1006"),
    ]
