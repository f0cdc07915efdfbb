"""A caller talks into the good application, and into a plain echo."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from websockets.frames import Opcode

from simulator.tests.check.conftest import came, described, trial_of
from simulator.tests.zoo.conformance.application import Application
from simulator.tests.zoo.conformance.session import Session
from simulator.tests.zoo.conformance.wrong_audio import PlainEcho
from voice_simulator.audio.format import FRAME_SECONDS
from voice_simulator.check.trial import Trial

BURST_SECONDS = 2.0


@pytest.fixture
async def plain_echo() -> AsyncIterator[Trial]:
    application = Application()
    application.session_class = PlainEcho
    async with application, trial_of(described(application)) as trial:
        yield trial


async def test_an_echo_is_heard(trial: Trial) -> None:
    async with trial.open_call() as opened:
        speaker = opened.speaker()
        assert (speaker.echoes, speaker.speaks, speaker.median_lag(1.0)) == (False, False, None)
        await speaker.say(0.5)
        await speaker.listen(0.1)
        assert (speaker.echoes, speaker.frames_sent, speaker.frames_echoed) == (True, 25, 25)
        lag = speaker.median_lag(1.0)
        assert lag is not None
        assert lag < BURST_SECONDS / 2


async def test_silence_is_no_echo(trial: Trial, application: Application) -> None:
    class Silent(Session):
        def hear(self, frame: bytes) -> None:
            pass

    application.session_class = Silent
    async with trial.open_call() as opened:
        speaker = opened.speaker()
        await speaker.say(0.2)
        assert (speaker.echoes, speaker.speaks) == (False, False)


async def test_a_burst_stays_as_delay_where_nobody_clears(plain_echo: Trial) -> None:
    async with plain_echo.open_call() as opened:
        speaker = opened.speaker()
        speaker.say_at_once(BURST_SECONDS)
        await speaker.say(3 * FRAME_SECONDS)
        await came(opened.socket, Opcode.BINARY, speaker.frames_sent)
        await speaker.listen(FRAME_SECONDS)
        assert speaker.seconds_queued() == pytest.approx(BURST_SECONDS, abs=0.5)
        await speaker.listen(BURST_SECONDS)
        lag = speaker.median_lag(0.1)
        assert speaker.clears == 0
        assert lag is None or lag > BURST_SECONDS / 2


async def test_a_clear_takes_the_burst_out_of_the_queue(trial: Trial) -> None:
    async with trial.open_call() as opened:
        speaker = opened.speaker()
        speaker.say_at_once(BURST_SECONDS)
        assert (await came(opened.socket, Opcode.TEXT)).data == b'{"action": "clear"}'
        await speaker.say(0.5)
        assert speaker.clears > 0
        assert speaker.seconds_queued() < BURST_SECONDS / 2


async def test_a_notify_is_answered_when_all_was_played(trial: Trial) -> None:
    async with trial.open_call() as opened:
        speaker = opened.speaker()
        opened.socket.send_now({"event": "websocket:dtmf", "digit": "#"})
        await came(opened.socket, Opcode.TEXT)
        while opened.socket.is_open:
            await speaker.listen(0.1)
        assert opened.socket.close_code == 1000
        assert speaker.seconds_queued() <= 0.1


async def test_the_end_of_one_side_is_seen_by_the_other(trial: Trial) -> None:
    async with trial.open_call() as opened:
        opened.socket.fall_silent()
        opened.socket.end_without_close_frame()
        assert await opened.socket.ends_within(10)


async def test_a_silent_peer_answers_no_ping(trial: Trial) -> None:
    async with trial.open_call() as opened:
        opened.socket.fall_silent()
        assert not await opened.socket.answers_ping(0.1)
        opened.socket.abort()


async def test_a_reset_ends_the_connection_at_once(trial: Trial) -> None:
    async with trial.open_call() as opened:
        opened.socket.reset()
        assert await opened.socket.ends_within(10)
        assert opened.socket.close_code == 1006


async def test_what_was_not_read_comes_later(trial: Trial) -> None:
    async with trial.open_call(buffer_bytes=16 * 1024) as opened:
        speaker = opened.speaker()
        opened.socket.stop_reading()
        await speaker.say(0.5)
        assert opened.socket.arrivals == []
        opened.socket.read_fast()
        await came(opened.socket, Opcode.BINARY)
