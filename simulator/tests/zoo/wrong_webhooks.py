"""Webhooks that answer wrongly, late, or for ever."""

from __future__ import annotations

import json
from typing import Any

from simulator.tests.harness.placing import connect
from simulator.tests.harness.webhook_server import WebhookServer
from simulator.tests.zoo.application import greet_and_connect

SOCKET_EVENTS, PLAIN_EVENTS = "/socket-events", "/webhooks/events"


def _json(body: object) -> dict[str, Any]:
    return {"status": 200, "body": json.dumps(body).encode()}


def _connect(webhooks: WebhookServer, uri: str, **more: Any) -> None:
    action = connect(uri, webhooks.address + SOCKET_EVENTS) | more
    webhooks.answer_with([action])


def ok_to_socket_events(webhooks: WebhookServer, uri: str) -> None:
    """Answer the events of the socket, which are synchronous, as many an example does."""
    _connect(webhooks, uri)
    webhooks.script(SOCKET_EVENTS, _json({"ok": True}))


def empty_list_to_socket_events(webhooks: WebhookServer, uri: str) -> None:
    _connect(webhooks, uri)
    webhooks.script(SOCKET_EVENTS, _json([]))


def ncco_on_answered(webhooks: WebhookServer, uri: str) -> None:
    """Answer that the socket is open with the NCCO which opened it."""
    _connect(webhooks, uri)
    webhooks.script(SOCKET_EVENTS, {"status": 204}, _json([connect(uri)]), {"status": 204})


def ok_to_plain_events(webhooks: WebhookServer, uri: str) -> None:
    """Answer the events of the caller's leg with JSON, which nobody reads."""
    _connect(webhooks, uri)
    webhooks.script(PLAIN_EVENTS, _json({"ok": True}))


def no_event_webhook(webhooks: WebhookServer, uri: str) -> None:
    """Have no route for events, as an application that names another URL, and answer with a page that says so."""
    webhooks.answer_with([connect(uri)])
    page = b"<!doctype html>\n<title>404 Not Found</title>" + b"\n<p>sorry" * 9
    webhooks.script(PLAIN_EVENTS, {"status": 404, "body": page, "content_type": "text/html"})


def events_never_answered(webhooks: WebhookServer, uri: str) -> None:
    _connect(webhooks, uri)
    for path in (SOCKET_EVENTS, PLAIN_EVENTS):
        webhooks.script(path, {"hang": True})


def answer_redirected(webhooks: WebhookServer, uri: str) -> None:
    greet_and_connect(webhooks, uri)
    moved = {"status": 301, "location": f"{webhooks.address}/new"}
    webhooks.script("/webhooks/answer", moved)
    webhooks.script("/webhooks/fallback", moved)


def answer_asks_for_a_signature(webhooks: WebhookServer, uri: str) -> None:
    greet_and_connect(webhooks, uri)
    webhooks.script("/webhooks/answer", {"status": 401, "body": b"unsigned"})
    webhooks.script("/webhooks/fallback", {"status": 401, "body": b"unsigned"})


def answer_byte_by_byte(webhooks: WebhookServer, uri: str) -> None:
    """Send the NCCO at a byte a second, so that no single read ever takes long."""
    greet_and_connect(webhooks, uri)
    webhooks.script("/webhooks/answer", webhooks.replies["/webhooks/answer"][0]._asdict() | {"trickle": True})


def answer_without_end(webhooks: WebhookServer, uri: str) -> None:
    greet_and_connect(webhooks, uri)
    webhooks.script("/webhooks/answer", {"status": 200, "body": b"[" * (4 << 20)})


def dead_sockets_without_end(webhooks: WebhookServer, uri: str) -> None:
    """Answer each failure of a socket with another socket that can't be opened either."""
    dead = connect("ws://127.0.0.1:1/socket", webhooks.address + SOCKET_EVENTS)
    webhooks.answer_with([dead])
    webhooks.nccos["failed"] = [[dead]] * 100_000
