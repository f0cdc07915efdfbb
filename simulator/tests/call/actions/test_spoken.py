from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.tests.harness.placing import place_call, script
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.audio.format import AudioFormat
from voice_simulator.audio.tape import Sound, wav_bytes
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.script import Digit
from voice_simulator.caller.speech import SAMPLE_FILE, read_speech, speech_frames
from voice_simulator.record.steps import steps


def wav(seconds: float) -> bytes:
    frames = speech_frames(read_speech(SAMPLE_FILE, seconds), AudioFormat.L16_8000)
    return wav_bytes([np.frombuffer(b"".join(frames[: round(seconds * 50)]), "<i2")], 8000)


def seconds_of(result: CallResult, kind: str, index: int = 0) -> float:
    """Return how long a step took: until the next one."""
    listed = list(steps(result.record))
    place = [number for number, step in enumerate(listed) if step.kind == kind][index]
    return listed[place + 1].at - listed[place].at


async def place(webhooks: WebhookServer, *actions: dict[str, Any], seconds: float = 3.0, **changes: Any) -> CallResult:
    webhooks.answer_with(list(actions))
    return await place_call(webhooks, script(expect="nothing", seconds=seconds, **changes), greeting_spoken=True)


async def test_a_talk_takes_the_time_of_its_text(webhooks: WebhookServer) -> None:
    result = await place(webhooks, {"action": "talk", "text": "x" * 6}, {"action": "wait", "timeout": 0.1})
    assert result.verdict.outcome is Outcome.GOOD
    assert 0.4 <= seconds_of(result, "talk") < 2.0
    assert not result.hung_up  # the call ended with its last action


async def test_a_talk_without_end_lasts_as_long_as_the_call(webhooks: WebhookServer) -> None:
    result = await place(webhooks, {"action": "talk", "text": "x", "loop": 0}, seconds=0.5)
    assert (result.verdict.outcome, result.hung_up) == (Outcome.GOOD, True)


async def test_a_stream_is_fetched_and_played_for_its_length(webhooks: WebhookServer) -> None:
    webhooks.script("/tune.wav", {"status": 200, "body": wav(0.3), "content_type": "audio/wav"})
    stream = {"action": "stream", "streamUrl": [f"{webhooks.address}/tune.wav"], "loop": 2}
    result = await place(webhooks, stream, {"action": "wait", "timeout": 0.1}, audio_kept=True)
    assert result.verdict.warnings == []
    assert seconds_of(result, "stream") >= 0.6
    assert len(result.record.frames.heard_at) == len((result.sound or Sound()).heard) == 30


@pytest.mark.parametrize(
    ("reply", "warning"),
    [
        ({"status": 404}, "answered 404; nothing is played"),
        (
            {"status": 200, "body": b"ID3\x03\x00"},
            "give WAV, FLAC, Ogg or MP3; it is passed over",
        ),
        ({"status": 200, "reset": True}, "can't be fetched"),
    ],
)
async def test_a_stream_that_can_not_be_played_is_a_warning(
    reply: dict[str, Any], warning: str, webhooks: WebhookServer
) -> None:
    webhooks.script("/tune", reply)
    result = await place(webhooks, {"action": "stream", "streamUrl": [f"{webhooks.address}/tune"]})
    assert result.verdict.outcome is Outcome.GOOD
    assert warning in result.verdict.warnings[0]


@pytest.mark.parametrize("action", ["talk", "stream"])
async def test_a_key_breaks_in_and_is_collected(action: str, webhooks: WebhookServer) -> None:
    webhooks.script("/tune.wav", {"status": 200, "body": wav(2.5), "content_type": "audio/wav"})
    sounds: dict[str, dict[str, Any]] = {
        "talk": {"text": "x" * 40},
        "stream": {"streamUrl": [f"{webhooks.address}/tune.wav"]},
    }
    collect = {"action": "input", "type": ["dtmf"], "dtmf": {"maxDigits": 1}}
    sound = {"action": action, "bargeIn": True} | sounds[action]
    result = await place(webhooks, sound, collect, digits=(Digit("7", 0.3),))
    assert seconds_of(result, action) < 2.0  # of 2.5
    assert webhooks.events()[-2]["dtmf"] == {"digits": "7", "timed_out": False}


async def test_without_barge_in_a_key_is_not_heard(webhooks: WebhookServer) -> None:
    result = await place(webhooks, {"action": "talk", "text": "x" * 9}, digits=(Digit("7", 0.2),))
    assert result.verdict.warnings == ["key 7 was pressed when nothing listened"]
