"""A menu by keys: 1 tells the opening times, 2 asks for a number, and anything else hears the menu again."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue


def create_app() -> Flask:
    app = Flask(__name__)

    def ask(text: str, path: str, **dtmf: object) -> list[dict[str, Any]]:
        url = f"{request.host_url}webhooks/{path}"
        return [
            {"action": "talk", "text": text, "bargeIn": True},
            {"action": "input", "type": ["dtmf"], "dtmf": dtmf, "eventUrl": [url]},
        ]

    @app.get("/webhooks/answer")
    def answer() -> ResponseReturnValue:
        return ask("For opening times press 1, for an order press 2.", "choice", maxDigits=1, timeOut=5)

    @app.post("/webhooks/choice")
    def choice() -> ResponseReturnValue:
        match request.json["dtmf"]["digits"]:
            case "1":
                return [{"action": "talk", "text": "From nine to five."}]
            case "2":
                return ask("Which order? End with hash.", "order", maxDigits=10, timeOut=5, submitOnHash=True)
        return answer()

    @app.post("/webhooks/order")
    def order() -> ResponseReturnValue:
        digits = request.json["dtmf"]["digits"] or "none"
        return [{"action": "talk", "text": f"Order {digits} is on its way."}]

    @app.post("/webhooks/events")
    def events() -> ResponseReturnValue:
        return "", 204

    return app
