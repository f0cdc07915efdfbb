"""An answering machine: it greets, records a message, fetches it, and says good-bye."""

from __future__ import annotations

import io
import urllib.request
import wave

from flask import Flask, request
from flask.typing import ResponseReturnValue


def create_app(messages: list[float]) -> Flask:
    """Return the webhooks; the length of each message goes into the list, in seconds."""
    app = Flask(__name__)

    @app.get("/webhooks/answer")
    def answer() -> ResponseReturnValue:
        record = {"action": "record", "endOnKey": "#", "endOnSilence": 3, "timeOut": 60, "beepStart": True}
        return [
            {"action": "talk", "text": "Leave a message."},
            record | {"format": "wav", "eventUrl": [request.host_url + "webhooks/recording"]},
            {"action": "talk", "text": "Thank you."},
        ]

    @app.post("/webhooks/recording")
    def recording() -> ResponseReturnValue:
        with urllib.request.urlopen(request.json["recording_url"]) as response:
            file = response.read()
        if len(file) != request.json["size"]:
            return "the recording's size is not the event's", 400
        with wave.open(io.BytesIO(file)) as sound:
            messages.append(sound.getnframes() / sound.getframerate())
        return "", 204

    @app.post("/webhooks/events")
    def events() -> ResponseReturnValue:
        return "", 204

    return app
