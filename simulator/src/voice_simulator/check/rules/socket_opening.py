"""Rules for how a socket begins: the handshake, and the first message in every form that it may have."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from ...vonage.handshake import SocketNotOpenedError
from ..answered_call import AnsweredCall
from ..finding import Finding, NotJudgedError, failed, passed, warned
from ..rule import rule
from ..speaker import Speaker
from ..trial import Trial

TALK_SECONDS, LISTEN_SECONDS = 0.8, 1.0
EARLY_SECONDS = 0.2  # of audio before the first message
FIX = "Read the first message as JSON, look its content-type and headers up by name, and require no more."

FirstMessage = Callable[[AnsweredCall], str | dict[str, Any]]


class _Began(NamedTuple):
    """How a call went in its first seconds."""

    speaker: Speaker
    end: str  # of its socket; empty while that is open


@rule(
    "socket.opens",
    "The socket that the NCCO names can be opened",
    section="3.1",
    fix="Answer the WebSocket handshake on the NCCO's uri with 101, whatever Origin, subprotocol or User-Agent it has.",
)
async def opens(trial: Trial) -> Finding:
    """Open it, and close it again."""
    call = await trial.place_call()
    try:
        socket = await call.open_socket()
    except SocketNotOpenedError as error:
        return failed(str(error), "101 Switching Protocols")
    await socket.close(1000)
    return passed("101 Switching Protocols")


@rule(
    "socket.no-compression",
    "Compression is neither required nor accepted",
    section="3.1",
    fix="Switch permessage-deflate off: audio hardly shrinks, and each message would cost both sides time.",
)
async def no_compression(trial: Trial) -> Finding:
    """Open it without an offer of permessage-deflate, and with one."""
    call = await trial.place_call()
    try:
        await (await call.open_socket()).close(1000)
        needed = ""
    except SocketNotOpenedError as error:
        needed = str(error)
    try:
        socket = await call.open_socket(compression="deflate")
    except SocketNotOpenedError as error:
        raise NotJudgedError(f"the socket can't be opened: {error}") from error
    accepted = bool(socket.protocol.extensions)
    await socket.close(1000)
    if needed:
        return failed(f"the handshake succeeds with an offer of compression, and not without: {needed}")
    if accepted:
        return warned("permessage-deflate was offered and accepted; the platform is not known to offer it")
    return passed("permessage-deflate was offered and not accepted")


@rule(
    "socket.first-message-space",
    "The first message may begin with a space",
    section="3.2",
    fix=FIX,
)
async def first_message_space(trial: Trial) -> Finding:
    """Send the usual first message with a space before it."""
    return await _as_usual(trial, lambda call: " " + json.dumps(call.first_message))


@rule(
    "socket.first-message-order",
    "The keys of the first message may come in any order",
    section="3.2",
    fix=FIX,
)
async def first_message_order(trial: Trial) -> Finding:
    """Send the usual first message backwards."""
    return await _as_usual(trial, lambda call: dict(reversed(call.first_message.items())))


@rule(
    "socket.first-message-no-event",
    "The first message may have no event",
    section="3.2",
    fix=FIX,
)
async def first_message_no_event(trial: Trial) -> Finding:
    """Send the usual first message without its event."""

    def first_message(call: AnsweredCall) -> dict[str, Any]:
        return {name: value for name, value in call.first_message.items() if name != "event"}

    return await _as_usual(trial, first_message)


@rule(
    "socket.audio-first",
    "Audio may come before the first message",
    section="3.2",
    fix="Keep or drop binary messages until the first text has come; take neither for an error.",
)
async def audio_first(trial: Trial) -> Finding:
    """Send some frames, then the first message."""
    return await _as_usual(trial, lambda call: call.first_message, early_seconds=EARLY_SECONDS)


OPENING = [opens, no_compression, first_message_space, first_message_order, first_message_no_event, audio_first]


async def _as_usual(trial: Trial, first_message: FirstMessage, early_seconds: float = 0.0) -> Finding:
    """Judge a call by its first message: it must go like one with the platform's usual message."""
    usual, other = await asyncio.gather(
        _begin(trial, lambda call: call.first_message, 0.0),
        _begin(trial, first_message, early_seconds),
    )
    if usual.end:
        raise NotJudgedError(f"with the usual first message too, {usual.end}")
    if other.end:
        return failed(other.end, "the call goes on")
    if usual.speaker.speaks and not other.speaker.speaks:
        return failed("no audio came", f"{usual.speaker.frames_heard} frames as with the usual first message")
    if usual.speaker.echoes and not other.speaker.echoes:
        return failed(f"{other.speaker.frames_echoed} frames came back", f"{usual.speaker.frames_echoed}, as usual")
    return passed(f"the call went on, {other.speaker.frames_heard} frames came")


async def _begin(trial: Trial, first_message: FirstMessage, early_seconds: float) -> _Began:
    call = await trial.place_call()
    async with call.socket("") as socket:
        speaker = Speaker(socket, call.audio_format)
        await speaker.say(early_seconds)
        socket.send_now(first_message(call))
        await speaker.say(TALK_SECONDS)
        await speaker.listen(LISTEN_SECONDS)
        return _Began(speaker, "" if socket.is_open else socket.ending)
