from __future__ import annotations

import asyncio
import io
import wave
from typing import Any

import httpx2
import numpy as np
import pytest

from simulator.tests.harness.echo_peer import StartPeer
from simulator.tests.harness.placing import connect, place_call, script
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.script import Digit
from voice_simulator.caller.speech import SAMPLE_FILE, Speech, read_speech

SILENCE = Speech(np.zeros(8000, np.float32), 8000)


class Recorder:
    """Fetches a recording while its event is answered, as an application does."""

    def __init__(self, webhooks: WebhookServer) -> None:
        self.file = b""
        self._webhooks = webhooks
        self._fetched = asyncio.Event()
        self._fetching = asyncio.create_task(self._fetch())
        webhooks.script("/recording", {"after": self._fetched})

    @property
    def events(self) -> list[dict[str, Any]]:
        return [request.fields for request in self._webhooks.requests if request.path == "/recording"]

    async def _fetch(self) -> None:
        while not self.events:
            await asyncio.sleep(0.01)
        async with httpx2.AsyncClient(trust_env=False) as client:
            self.file = (await client.get(self.events[0]["recording_url"])).content
        self._fetched.set()

    async def read(self) -> tuple[int, float]:
        """Return the channels and the seconds of the recording."""
        await self._fetching
        with wave.open(io.BytesIO(self.file)) as file:
            return file.getnchannels(), file.getnframes() / file.getframerate()


async def record(
    webhooks: WebhookServer, action: dict[str, Any], *behind: dict[str, Any], **changes: Any
) -> CallResult:
    target = {"eventUrl": [f"{webhooks.address}/recording"]}
    webhooks.answer_with([{"action": "record"} | target | action, *behind])
    options = {"seconds": 6.0, "speech": read_speech(SAMPLE_FILE, 6.0)} | changes
    return await place_call(webhooks, script(expect="nothing", **options))


async def test_a_key_ends_it_and_the_recording_can_be_fetched(webhooks: WebhookServer) -> None:
    recorder = Recorder(webhooks)
    result = await record(webhooks, {"endOnKey": "#"}, digits=(Digit("1", 0.3), Digit("#", 0.6)))
    assert (result.verdict.outcome, result.hung_up) == (Outcome.GOOD, False)
    channels, seconds = await recorder.read()
    assert channels == 1
    assert 0.5 < seconds < 3.0
    (event,) = recorder.events
    assert event["size"] == len(recorder.file)
    assert event.keys() == {
        "start_time", "recording_url", "size", "recording_uuid", "end_time", "conversation_uuid", "timestamp",
    }  # fmt: skip
    assert event["conversation_uuid"] == result.conversation_uuid


@pytest.mark.parametrize(
    ("action", "speech", "seconds"),
    [({"endOnSilence": 3}, SILENCE, 3.0), ({"timeOut": 3}, read_speech(SAMPLE_FILE, 6.0), 3.0)],
    ids=["silence", "time"],
)
async def test_silence_or_time_ends_it(
    action: dict[str, Any], speech: Speech, seconds: float, webhooks: WebhookServer
) -> None:
    recorder = Recorder(webhooks)
    result = await record(webhooks, action, speech=speech)
    assert not result.hung_up
    assert abs((await recorder.read())[1] - seconds) < 0.3


async def test_without_an_ending_the_whole_call_is_recorded(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    recorder = Recorder(webhooks)
    await record(webhooks, {"split": "conversation"}, connect(start_peer().uri), seconds=1.0)
    assert (await recorder.read())[0] == 2
    with wave.open(io.BytesIO(recorder.file)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    said, heard = samples[::2].astype(float), samples[1::2].astype(float)
    assert min(np.abs(said).max(), np.abs(heard).max()) > 1000  # the echo is on the other channel
    statuses = [request.fields.get("status") for request in webhooks.requests[1:]]
    assert statuses[-1] == "completed"
    assert None in statuses  # the recording's event


async def test_a_conversation_is_recorded_if_it_says_so(webhooks: WebhookServer) -> None:
    recorder = Recorder(webhooks)
    webhooks.answer_with(
        [{"action": "conversation", "name": "room", "record": True, "eventUrl": [f"{webhooks.address}/recording"]}]
    )
    result = await place_call(webhooks, script(expect="nothing", seconds=0.5))
    assert result.hung_up
    assert 0.4 < (await recorder.read())[1] < 0.7


async def test_another_format_than_wav_is_a_warning(webhooks: WebhookServer) -> None:
    result = await record(webhooks, {"format": "mp3", "endOnKey": "1"}, digits=(Digit("1", 0.1),))
    assert result.verdict.warnings == ["record: this simulator makes WAV files, no mp3"]
