"""An echo with Flask-Sock, as the platform's own tutorial for Python has it: a talk, a connect, all messages back."""

from __future__ import annotations

import sys

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from flask_sock import Sock  # type: ignore[import-not-found]

app = Flask(__name__)
sock = Sock(app)


@app.route("/webhooks/answer")
def answer() -> ResponseReturnValue:
    endpoint = {
        "type": "websocket",
        "uri": f"ws://{request.host}/socket",  # wss:// in the tutorial, which has a tunnel before it
        "content-type": "audio/l16;rate=16000",
    }
    talk = {"action": "talk", "text": "We will now connect you to the echo server."}
    return jsonify([talk, {"action": "connect", "from": "Vonage", "endpoint": [endpoint]}])


@app.route("/webhooks/events", methods=["POST"])
def events() -> ResponseReturnValue:
    return "200"


@sock.route("/socket")  # type: ignore[untyped-decorator]
def echo(ws: Sock) -> None:
    while True:
        ws.send(ws.receive())


app.run("127.0.0.1", int(sys.argv[1]), threaded=True)
