"""The raw socket: what it sends, and what it sees."""

from __future__ import annotations

import pytest
from websockets.frames import Opcode

from voice_simulator.check.handshake import RefusedError, UnreachedError, open_raw_socket
from voice_simulator.check.pace import Pace
from voice_simulator.check.raw_socket import RawSocket
from voice_simulator.check.trial import Trial
from voice_simulator.vonage.application import trusted_authorities

FRAME = bytes(range(160)) * 4
SECONDS = 10.0


async def test_it_keeps_each_message_as_it_came(trial: Trial) -> None:
    async with trial.open_call() as (_, socket):
        socket.send_now(FRAME)
        assert await socket.wait_until(lambda: bool(socket.audio), SECONDS)
        (arrival,) = socket.arrivals
    assert (arrival.opcode, arrival.data, arrival.is_fragment) == (Opcode.BINARY, FRAME, False)


async def test_a_message_can_go_in_fragments(trial: Trial) -> None:
    async with trial.open_call() as (_, socket):
        socket.send_in_fragments(FRAME, 3)
        socket.send_in_fragments("a text in fragments", 4)
        assert await socket.answers_ping(SECONDS)  # malformed frames would have ended the socket


async def test_a_condition_that_never_comes_true_is_told(trial: Trial) -> None:
    async with trial.open_call() as (_, socket):
        assert not await socket.wait_until(lambda: False, 0.01)


async def test_a_ping_is_answered(trial: Trial) -> None:
    async with trial.open_call() as (_, socket):
        assert await socket.answers_ping(SECONDS)
        socket.abort()
        assert await socket.ends_within(SECONDS)
        assert not await socket.answers_ping(SECONDS)


async def test_what_ends_in_time_and_what_does_not(trial: Trial) -> None:
    async with trial.open_call() as (_, socket):
        assert not await socket.ends_within(0.01)
        await socket.close()
        assert await socket.ends_within(SECONDS)


async def test_a_refused_handshake_shows_the_answer(trial: Trial) -> None:
    call = await trial.place_call()
    with pytest.raises(RefusedError, match="401 Unauthorized"):
        await call.open_socket(authorization="Bearer nobody")


@pytest.mark.parametrize("uri", ["ws://127.0.0.1:1/socket", "nothing"])
async def test_a_socket_that_can_not_be_reached_says_why(uri: str) -> None:
    with pytest.raises(UnreachedError):
        await open_raw_socket(uri, tls=trusted_authorities(), authorization=None, open_seconds=1)


async def test_it_slows_down_where_there_is_no_room(trial: Trial) -> None:
    call = await trial.place_call()
    refused, opened = await _refusal(trial), await call.open_socket()
    outcomes: list[RawSocket | RefusedError] = [refused, opened]

    async def attempt() -> RawSocket:
        outcome = outcomes.pop(0)
        if isinstance(outcome, RefusedError):
            raise outcome
        return outcome

    pace = Pace()
    assert await pace.open(attempt) is opened
    assert pace.is_slow
    await opened.close()


async def _refusal(trial: Trial) -> RefusedError:
    call = await trial.place_call()
    with pytest.raises(RefusedError) as refused:
        await call.open_socket(authorization=None)
    refused.value.status, refused.value.retry_after = 503, "0"
    return refused.value
