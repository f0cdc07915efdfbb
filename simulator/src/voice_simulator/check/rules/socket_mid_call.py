"""Rules for what the platform may send in mid-call: each message, known or not, is survived."""

from __future__ import annotations

import functools
from typing import Any

from ..finding import Finding, failed, passed
from ..rule import Rule, rule
from ..speaker import Speaker
from ..trial import PONG_SECONDS, OpenCall, Trial

BEFORE_SECONDS, BETWEEN_SECONDS, AFTER_SECONDS = 0.6, 0.2, 0.6
LATEST_SECONDS = 3.0  # for an echo to come again
KEY = {"digit": "0", "duration": 260}  # any key may mean something to an application; 0 seldom hangs up
IGNORE = "Ignore each text message that you don't know, and keep the socket open."


async def _survived(trial: Trial, *, messages: tuple[str | dict[str, Any], ...], may_hang_up: bool) -> Finding:
    """Judge a call in which these messages come: it goes on as before, unless one of them may end it."""
    async with trial.open_call() as opened:
        speaker = await opened.speaker_after(BEFORE_SECONDS)
        echo_due = await opened.is_echo_due(speaker)
        for message in messages:
            opened.socket.send_now(message)
            await speaker.say(BETWEEN_SECONDS)
            if opened.socket.is_open:
                continue
            if may_hang_up and opened.socket.hung_up:
                return passed(f"the application hung up: {opened.socket.ending}")
            return failed(f"after {message!r} {opened.socket.ending}", "the call goes on")
        return await _gone_on(opened, speaker, echo_due=echo_due)


async def _gone_on(opened: OpenCall, speaker: Speaker, *, echo_due: bool) -> Finding:
    """Judge whether the call has gone on: the echo still comes, or if there was none, a pong."""
    echoed = speaker.frames_echoed
    await speaker.say(AFTER_SECONDS)
    if echo_due and speaker.frames_echoed == echoed:
        await speaker.say(LATEST_SECONDS)
    if not opened.socket.is_open:
        return failed(opened.socket.ending, "the call goes on")
    if echo_due and speaker.frames_echoed == echoed:
        return failed(f"the socket is open, but no echo came any more; {echoed} frames had come before")
    if not echo_due and not await opened.socket.answers_ping(PONG_SECONDS):
        return failed("the socket is open, but no pong came any more", "the call goes on")
    return passed(f"the call went on, {speaker.frames_heard} frames came")


def _rule(name: str, title: str, *messages: str | dict[str, Any], fix: str = IGNORE, may_hang_up: bool = False) -> Rule:
    judge = functools.partial(_survived, messages=messages, may_hang_up=may_hang_up)
    return rule(f"socket.{name}", title, section="3.4", fix=fix)(judge)


@rule(
    "socket.takes-fragments",
    "A message in fragments is put together",
    section="3.1",
    fix="Use a WebSocket library that puts fragments together (RFC 6455, 5.4).",
)
async def takes_fragments(trial: Trial) -> Finding:
    """Send a text and a frame of audio in pieces."""
    async with trial.open_call() as opened:
        speaker = await opened.speaker_after(BEFORE_SECONDS)
        echo_due = await opened.is_echo_due(speaker)
        opened.socket.send_in_fragments('{"event": "websocket:cleared"}', 3)
        opened.socket.send_in_fragments(bytes(opened.call.audio_format.frame_bytes), 2)
        return await _gone_on(opened, speaker, echo_due=echo_due)


MID_CALL = [
    _rule(
        "known-events",
        "The platform's events `websocket:cleared` and `websocket:notify` are survived, requested or not",
        {"event": "websocket:cleared"},
        {"event": "websocket:notify", "payload": {"of": "the check"}},
    ),
    _rule(
        "unknown-events",
        "Unknown events are ignored",
        {"event": "websocket:media:update", "status": "active"},
        {"event": None},
        {"event": {"name": "nested"}},
        {"type": "event", "without": "one"},
    ),
    _rule(
        "unknown-texts",
        "Texts that are no JSON, or no JSON object, are ignored",
        *("no JSON", "[]", "null", "7", '"text"', ""),
    ),
    _rule(
        "keys",
        "A key with the event `websocket:dtmf` is survived",
        {"event": "websocket:dtmf", **KEY},
        fix="Take a text with the event websocket:dtmf for a key: its digit, and its duration in ms.",
        may_hang_up=True,
    ),
    _rule(
        "keys-old-form",
        "A key in the old form, without an event, is survived",
        KEY,
        fix="Take a text with a digit for a key even if it has no event.",
        may_hang_up=True,
    ),
    takes_fragments,
]
