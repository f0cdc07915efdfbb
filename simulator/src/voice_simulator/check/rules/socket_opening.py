"""Rules for how a socket begins: the handshake, and the first message in every form that it may have."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from ...vonage.handshake import SocketNotOpenedError
from ..answered_call import AnsweredCall
from ..finding import Finding, NotJudgedError, failed, passed, warned
from ..rule import Rule, rule
from ..speaker import Speaker
from ..trial import STAYS_OPEN_SECONDS, Trial

TALK_SECONDS, LISTEN_SECONDS = 0.8, 1.0
PATIENCE_SECONDS = 10.0  # for the first word of an application that has said it sooner in another call
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
    "socket.stays-open",
    "The socket stays open while the caller speaks",
    section="3.8",
    fix="Look for the error in the application's log: a socket is closed when the call is to end, and not before.",
    seconds=STAYS_OPEN_SECONDS,
)
async def stays_open(trial: Trial) -> Finding:
    """Speak, and press no key; every other rule that needs a call stands on this one."""
    expected = f"an open socket after {STAYS_OPEN_SECONDS:g} s"
    ending = await trial.first_ending()
    return failed(ending, expected) if ending else passed(expected, expected)


async def _as_usual(trial: Trial, *, first_message: FirstMessage, early_seconds: float) -> Finding:
    """Judge a call by its first message: it must go like one with the platform's usual message."""
    usual, other = await asyncio.gather(
        _begin(trial, _usual, 0.0),
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
    call = await trial.place_standing_call()
    async with call.socket("") as socket:
        speaker = Speaker(socket, call.audio_format)
        await speaker.say(early_seconds)
        socket.send_now(first_message(call))
        await speaker.say(TALK_SECONDS)
        await speaker.listen(LISTEN_SECONDS)
        if first_message is not _usual:
            await speaker.hears_within(PATIENCE_SECONDS)
        return _Began(speaker, "" if socket.is_open else socket.ending)


def _usual(call: AnsweredCall) -> dict[str, Any]:
    return call.first_message


def _with_space(call: AnsweredCall) -> str:
    return " " + json.dumps(call.first_message)


def _backwards(call: AnsweredCall) -> dict[str, Any]:
    return dict(reversed(call.first_message.items()))


def _without_event(call: AnsweredCall) -> dict[str, Any]:
    return {name: value for name, value in call.first_message.items() if name != "event"}


def _same(call: AnsweredCall) -> dict[str, Any]:
    return call.first_message


def _rule(name: str, title: str, first_message: FirstMessage, fix: str = FIX, early_seconds: float = 0.0) -> Rule:
    judge = functools.partial(_as_usual, first_message=first_message, early_seconds=early_seconds)
    return rule(f"socket.{name}", title, section="3.2", fix=fix)(judge)


OPENING = [
    opens,
    no_compression,
    stays_open,
    _rule("first-message-space", "The first message may begin with a space", _with_space),
    _rule("first-message-order", "The keys of the first message may come in any order", _backwards),
    _rule("first-message-no-event", "The first message may have no event", _without_event),
    _rule(
        "audio-first",
        "Audio may come before the first message",
        _same,
        "Keep or drop binary messages until the first text has come; take neither for an error.",
        EARLY_SECONDS,
    ),
]
