from __future__ import annotations

import pytest
from websockets.frames import Opcode

from voice_simulator.check.messages import Message, read_messages, told_end
from voice_simulator.check.raw_socket import Arrival
from voice_simulator.check.trial import Trial


def test_fragments_are_put_together() -> None:
    arrivals = [
        Arrival(0.0, Opcode.TEXT, b"one", False),
        Arrival(0.1, Opcode.BINARY, b"t", True),
        Arrival(0.2, Opcode.CONT, b"w", True),
        Arrival(0.3, Opcode.CONT, b"o", True),
        Arrival(0.4, Opcode.BINARY, b"three", False),
    ]
    assert read_messages(arrivals) == [Message(True, b"one", 1), Message(False, b"two", 3), Message(False, b"three", 1)]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ('{"action": "clear"}', True),
        (' {"payload": {}, "action": "notify"}', True),
        ('{"action": "notify"}', False),
        ('{"action": "notify", "payload": "text"}', False),
        ('{"action": "hangup"}', False),
        ('{"event": "websocket:cleared"}', False),
        ("[]", False),
        ("clear", False),
        ("\xff", False),
    ],
)
def test_the_platform_knows_clear_and_notify(text: str, known: bool) -> None:
    assert Message(True, text.encode("latin-1"), 1).is_known_text is known


def test_a_message_is_shown_on_one_short_line() -> None:
    assert Message(False, bytes(640), 1).shown == "a binary message of 640 bytes"
    assert Message(True, b"two\nlines", 1).shown == r"'two\nlines'"
    assert len(Message(True, b"x" * 1000, 1).shown) < 100


async def test_the_end_of_a_socket_is_told(trial: Trial) -> None:
    async with trial.open_call() as opened:
        opened.socket.send_now({"event": "websocket:dtmf", "digit": "#"})
        assert await opened.socket.wait_until(lambda: bool(opened.socket.texts), 10)
        opened.socket.send_now({"event": "websocket:notify", "payload": {"said": "goodbye"}})
        assert await opened.socket.ends_within(10)
        assert told_end(opened.socket) == "the application closed the socket with 1000"
