"""The raw socket: what it sends, and what it sees."""

from __future__ import annotations

import pytest
from websockets.frames import Opcode

from simulator.tests.check.conftest import came
from voice_simulator.check.answered_call import HandshakePace
from voice_simulator.check.raw_socket import Arrival, Message, RawSocket, read_messages
from voice_simulator.check.trial import Trial
from voice_simulator.vonage.handshake import HandshakeRefusedError

FRAME = bytes(range(160)) * 4
SECONDS = 10.0


async def test_a_refused_handshake_shows_the_answer(trial: Trial) -> None:
    call = await trial.place_call()
    with pytest.raises(HandshakeRefusedError, match="401 Unauthorized"):
        await call.open_socket(authorization="Bearer nobody")


async def test_it_slows_down_where_there_is_no_room(trial: Trial) -> None:
    call = await trial.place_call()
    refused, opened = await _refusal(trial), await call.open_socket()
    outcomes: list[RawSocket | HandshakeRefusedError] = [refused, opened]

    async def attempt() -> RawSocket:
        outcome = outcomes.pop(0)
        if isinstance(outcome, HandshakeRefusedError):
            raise outcome
        return outcome

    pace = HandshakePace()
    assert await pace.open(attempt) is opened
    assert pace.is_slow
    await opened.close()


async def _refusal(trial: Trial) -> HandshakeRefusedError:
    call = await trial.place_call()
    with pytest.raises(HandshakeRefusedError) as refused:
        await call.open_socket(authorization=None)
    refused.value.http_status, refused.value.retry_after = 503, "0"
    return refused.value


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
        await came(opened.socket, Opcode.TEXT)
        opened.socket.send_now({"event": "websocket:notify", "payload": {"said": "goodbye"}})
        assert await opened.socket.ends_within(10)
        assert opened.socket.ending == "the application closed the socket with 1000"
