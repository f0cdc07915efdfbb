"""Rules for what the platform may send in mid-call: each message, known or not, is survived."""

from __future__ import annotations

from typing import Any

from ..finding import Finding, NotJudgedError, failed, passed
from ..rule import rule
from ..speaker import Speaker
from ..trial import OpenCall, Trial

BEFORE_SECONDS, BETWEEN_SECONDS, AFTER_SECONDS = 0.6, 0.2, 0.6
LATEST_SECONDS = 3.0  # for audio to come again
KEY = {"digit": "0", "duration": 260}  # any key may mean something to an application; 0 seldom hangs up
NORMAL_CLOSURE = 1000
IGNORE = "Ignore each text message that you don't know, and keep the socket open."


@rule(
    "socket.known-events",
    "The platform's events `websocket:cleared` and `websocket:notify` are survived, requested or not",
    section="3.4",
    fix=IGNORE,
)
async def known_events(trial: Trial) -> Finding:
    """Send both, though the application requested neither."""
    notify = {"event": "websocket:notify", "payload": {"of": "the check"}}
    return await _survived(trial, {"event": "websocket:cleared"}, notify)


@rule(
    "socket.unknown-events",
    "Unknown events are ignored",
    section="3.4",
    fix=IGNORE,
)
async def unknown_events(trial: Trial) -> Finding:
    """Send some events that the platform doesn't have."""
    return await _survived(
        trial,
        {"event": "websocket:media:update", "status": "active"},
        {"event": None},
        {"event": {"name": "nested"}},
        {"type": "event", "without": "one"},
    )


@rule(
    "socket.unknown-texts",
    "Texts that are no JSON, or no JSON object, are ignored",
    section="3.4",
    fix=IGNORE,
)
async def unknown_texts(trial: Trial) -> Finding:
    """Send texts of each kind."""
    return await _survived(trial, "no JSON", "[]", "null", "7", '"text"', "")


@rule(
    "socket.keys",
    "A key with the event `websocket:dtmf` is survived",
    section="3.4",
    fix="Take a text with the event websocket:dtmf for a key: its digit, and its duration in ms.",
)
async def keys(trial: Trial) -> Finding:
    """Press a key."""
    return await _survived(trial, {"event": "websocket:dtmf", **KEY}, may_hang_up=True)


@rule(
    "socket.keys-old-form",
    "A key in the old form, without an event, is survived",
    section="3.4",
    fix="Take a text with a digit for a key even if it has no event.",
)
async def keys_old_form(trial: Trial) -> Finding:
    """Press a key of an old platform."""
    return await _survived(trial, dict(KEY), may_hang_up=True)


@rule(
    "socket.takes-fragments",
    "A message in fragments is put together",
    section="3.1",
    fix="Use a WebSocket library that puts fragments together (RFC 6455, 5.4).",
)
async def takes_fragments(trial: Trial) -> Finding:
    """Send a text and a frame of audio in pieces."""
    async with trial.open_call() as opened:
        speaker = await _begin(opened)
        heard = speaker.frames_heard
        opened.socket.send_in_fragments('{"event": "websocket:cleared"}', 3)
        opened.socket.send_in_fragments(bytes(opened.call.audio_format.frame_bytes), 2)
        await speaker.say(AFTER_SECONDS)
        return await _gone_on(opened, speaker, heard)


MID_CALL = [known_events, unknown_events, unknown_texts, keys, keys_old_form, takes_fragments]


async def _survived(trial: Trial, *messages: str | dict[str, Any], may_hang_up: bool = False) -> Finding:
    """Judge a call in which these messages come: it goes on as before, unless one of them may end it."""
    async with trial.open_call() as opened:
        speaker = await _begin(opened)
        for message in messages:
            opened.socket.send_now(message)
            await speaker.say(BETWEEN_SECONDS)
            if opened.socket.is_open:
                continue
            received = opened.socket.protocol.close_rcvd
            if may_hang_up and received is not None and received.code == NORMAL_CLOSURE:
                return passed(f"the application hung up: {opened.socket.ending}")
            return failed(f"after {message!r} {opened.socket.ending}", "the call goes on")
        heard = speaker.frames_heard
        await speaker.say(AFTER_SECONDS)
        return await _gone_on(opened, speaker, heard)


async def _begin(opened: OpenCall) -> Speaker:
    """Speak for a while; raises NotJudgedError if the socket ends meanwhile."""
    speaker = opened.speaker()
    await speaker.say(BEFORE_SECONDS)
    if not opened.socket.is_open:
        raise NotJudgedError(f"before that {opened.socket.ending}")
    return speaker


async def _gone_on(opened: OpenCall, speaker: Speaker, heard: int) -> Finding:
    """Judge whether the call has gone on: its socket is open, and audio comes if it came before."""
    if heard and speaker.frames_heard == heard:
        await speaker.say(LATEST_SECONDS)
    if not opened.socket.is_open:
        return failed(opened.socket.ending, "the call goes on")
    if heard and speaker.frames_heard == heard:
        return failed(f"the socket is open, but no audio came any more; {heard} frames had come before")
    return passed(f"the call went on, {speaker.frames_heard} frames came")
