from __future__ import annotations

import json
import math
import struct
from typing import Any

import numpy as np
import pytest

from simulator.tests.harness.echo_peer import Line, StartPeer
from simulator.tests.harness.placing import connect, place_call, script
from simulator.tests.harness.records import record
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.call.audio_rule import audio_faults, audio_figures, audio_warnings, speech_onsets
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.caller.speech import Speech
from voice_simulator.record.events import Cleared, SocketOpened
from voice_simulator.record.record import Record
from voice_simulator.vonage.play_out import CAPACITY, PlayOut

TONE = struct.pack("<320h", *(round(6000 * math.sin(number / 8)) for number in range(320)))
RATE = 16000


def spoken(*times: tuple[float, float], seconds: float = 6.0) -> Speech:
    """Return speech that is loud from one time to another."""
    samples = np.zeros(round(seconds * RATE), np.float32)
    for begin, end in times:
        samples[round(begin * RATE) : round(end * RATE)] = 0.3
    return Speech(samples, RATE)


def heard(*times: float, **plan: Any) -> Record:
    """Return a call with frames heard at these times from its answer."""
    call = record(expect="audio", **plan)
    call.frames.first_at = 100.0
    call.frames.heard_at.extend(100.0 + time for time in times)
    return call


STEADY = [number * 0.02 for number in range(100)]


def test_the_first_audio_counts_from_the_socket_or_from_the_answer() -> None:
    call = heard(2.0, 2.02)
    assert audio_figures(call).first == pytest.approx(2.0)
    call.add(SocketOpened(101.5, "ws://h", 16000, 0.1))
    assert audio_figures(call).first == pytest.approx(0.5)
    assert audio_figures(heard()).first is None


def test_steady_audio_with_pauses_has_no_holes() -> None:
    later = [time + 3 for time in STEADY]
    assert audio_figures(heard(*STEADY, *later)).holes == pytest.approx(0, abs=1e-6)
    assert audio_faults(heard(*STEADY, *later)) == []


def test_audio_that_comes_too_slowly_is_a_fault_but_not_after_a_stall() -> None:
    times = [number * 0.025 for number in range(100)]
    slow = heard(*times)
    assert audio_figures(slow).holes_share == pytest.approx(0.2, abs=0.01)
    (fault,) = audio_faults(slow)
    assert fault.startswith("the audio comes too slowly: 20% of it are holes, 495 ms in all")
    assert audio_faults(heard(*times, stalls=((1.0, 1.0),))) == []
    EchoLedger(0, slow.frames).send_unmarked(100.2)
    assert audio_faults(slow) == []  # this machine was too busy to blame the server


def test_a_little_jitter_is_no_fault_in_a_short_call() -> None:
    times = [0.0, 0.02, 0.09, *(0.11 + number * 0.02 for number in range(10))]
    assert audio_figures(heard(*times)).holes_share > 0.05
    assert audio_faults(heard(*times)) == []


def test_next_to_nothing_is_a_warning_that_says_how_much() -> None:
    assert audio_warnings(heard(0.0, 0.02)) == ["audio, the caller heard only 0.04 s of it in 0.0 s"]
    assert audio_warnings(heard(*STEADY)) == []
    assert audio_warnings(heard()) == []


def test_silence_is_a_fault() -> None:
    assert audio_faults(heard()) == ["the caller heard nothing"]


def test_too_long_a_queue_is_a_fault() -> None:
    call = heard(*STEADY)
    play_out = PlayOut(call.frames)
    for _ in range(CAPACITY + 3):  # the first one plays at once
        play_out.queue(None, 0.0)
    assert audio_figures(call).longest_queue == pytest.approx(CAPACITY * 0.02)
    assert audio_faults(call) == ["2 frames overflowed the platform's queue of 3072"]


def test_a_clear_counts_from_the_moment_at_which_the_caller_begins_to_speak() -> None:
    speech = spoken((2.0, 2.8), (3.1, 3.5), (5.0, 5.5))  # the second follows too soon to be a beginning
    call = heard(*STEADY, onsets=speech_onsets(speech, 300))
    for at in (100.5, 102.4, 105.1):
        call.add(Cleared(at, 3))
    assert audio_figures(call).clears == [pytest.approx(0.4), pytest.approx(0.1)]


def test_who_speaks_from_the_start_begins_there() -> None:
    assert speech_onsets(spoken((0, 1)), 300) == (0.0,)


def burst(connection: Line, frame: bytes, number: int) -> None:
    if number == 0:
        for _ in range(100):
            connection.send(TONE)
    if number == 25:
        connection.send(json.dumps({"action": "clear"}))


def joined(connection: Line, frame: bytes, number: int) -> None:
    connection.send(TONE + TONE)


def slow(connection: Line, frame: bytes, number: int) -> None:
    if number % 2:
        connection.send(TONE)


async def expect_audio(webhooks: WebhookServer, start_peer: StartPeer, react: Any) -> CallResult:
    webhooks.answer_with([connect(start_peer(react).uri)])
    return await place_call(webhooks, script(expect="audio", seconds=1.0, speech=spoken((0.4, 1.0), seconds=1.0)))


async def test_audio_that_is_no_echo_is_good(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    result = await expect_audio(webhooks, start_peer, burst)
    assert (result.verdict.outcome, result.verdict.errors) == (Outcome.GOOD, [])
    assert result.audio is not None
    assert result.audio.first is not None
    assert 20 <= result.audio.frames <= 30  # of 100: the clear dropped the others
    assert 1.9 <= result.audio.longest_queue <= 2.0
    assert len(result.audio.clears) == 1


@pytest.mark.parametrize(
    ("react", "error"),
    [
        (lambda connection, frame, number: None, "audio, the caller heard nothing"),
        (joined, "the server sent unexpected frame size 1280, when required 640"),
        (slow, "audio, the audio comes too slowly: "),
    ],
)
async def test_wrong_audio(react: Any, error: str, webhooks: WebhookServer, start_peer: StartPeer) -> None:
    result = await expect_audio(webhooks, start_peer, react)
    assert result.verdict.outcome is Outcome.AUDIO_WRONG
    assert any(each.startswith(error) for each in result.verdict.errors)
