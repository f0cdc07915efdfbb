"""An echo with Pipecat: its FastAPI transport with its serializer for Vonage, set up as Pipecat's own example is."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn  # type: ignore[import-not-found]
from fastapi import FastAPI, Request, WebSocket  # type: ignore[import-not-found]
from fastapi.responses import PlainTextResponse  # type: ignore[import-not-found]
from pipecat.frames.frames import Frame, InputAudioRawFrame, OutputAudioRawFrame  # type: ignore[import-not-found]
from pipecat.pipeline.pipeline import Pipeline  # type: ignore[import-not-found]
from pipecat.pipeline.worker import PipelineParams, PipelineWorker  # type: ignore[import-not-found]
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor  # type: ignore[import-not-found]
from pipecat.serializers.vonage import VonageFrameSerializer  # type: ignore[import-not-found]
from pipecat.transports.websocket.fastapi import (  # type: ignore[import-not-found]
    FastAPIWebsocketParams,
    FastAPIWebsocketTransport,
)
from pipecat.workers.runner import WorkerRunner  # type: ignore[import-not-found]

RATE = 16000
PACKET_BYTES = 640

app = FastAPI()


class Echo(FrameProcessor):  # type: ignore[misc]
    """Says what it hears."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            frame = OutputAudioRawFrame(frame.audio, frame.sample_rate, frame.num_channels)
        await self.push_frame(frame, direction)


@app.api_route("/webhooks/answer", methods=["GET", "POST"])  # type: ignore[untyped-decorator]
async def answer(request: Request) -> list[dict[str, Any]]:
    uri = f"ws://{request.headers['host']}/ws"
    endpoint = {"type": "websocket", "uri": uri, "content-type": f"audio/l16;rate={RATE}"}
    talk = {"action": "talk", "text": "Please wait while we connect you"}
    return [talk, {"action": "connect", "from": "19045878905", "endpoint": [endpoint]}]


@app.api_route("/webhooks/events", methods=["GET", "POST"])  # type: ignore[untyped-decorator]
async def events() -> PlainTextResponse:
    return PlainTextResponse("ok")


@app.websocket("/ws")  # type: ignore[untyped-decorator]
async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    params = FastAPIWebsocketParams(
        audio_in_enabled=True,
        audio_out_enabled=True,
        fixed_audio_packet_size=PACKET_BYTES,
        serializer=VonageFrameSerializer(VonageFrameSerializer.InputParams(vonage_sample_rate=RATE)),
    )
    transport = FastAPIWebsocketTransport(websocket=websocket, params=params)
    rates = PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE)
    worker = PipelineWorker(Pipeline([transport.input(), Echo(), transport.output()]), params=rates)

    @transport.event_handler("on_client_disconnected")  # type: ignore[untyped-decorator]
    async def on_client_disconnected(_transport: object, _client: object) -> None:
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
