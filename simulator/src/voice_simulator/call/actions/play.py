"""Plays one action of an NCCO."""

from __future__ import annotations

import datetime

from ...vonage.leg import timestamp
from ...vonage.ncco.actions import (
    Action,
    Connect,
    Conversation,
    Input,
    Notify,
    RecordAudio,
    Stream,
    Talk,
    Transfer,
    Wait,
)
from ...vonage.ncco.ncco import Ncco
from .callee import Callee
from .collect import collect_input
from .context import ActionContext
from .record import record
from .rooms import join_conversation, transfer
from .spoken import stream, talk, wait


async def play_action(context: ActionContext, action: Action) -> Ncco | None:
    """Play an action, any but a connect to a WebSocket; return the NCCO that replaces the rest of the call, if any."""
    match action:
        case Talk():
            await talk(context, action)
        case Stream():
            await stream(context, action)
        case Wait():
            await wait(context, action)
        case _:
            ncco = await _play_timeless(context, action)
            context.pace.begin()
            return ncco
    return None


async def _play_timeless(context: ActionContext, action: Action) -> Ncco | None:
    match action:
        case Input():
            return await collect_input(context, action)
        case Notify():
            return await _notify(context, action)
        case Connect():
            return await Callee(context, action).call()
        case RecordAudio():
            await record(context, action)
        case Conversation():
            await join_conversation(context, action)
        case Transfer():
            await transfer(context, action)
        case _:
            raise AssertionError("the rules let no other action through")
    return None


async def _notify(context: ActionContext, action: Notify) -> Ncco | None:
    """Send the payload; return the NCCO that comes back, if any."""
    event = {
        "payload": action.payload,
        "conversation_uuid": context.phone_leg.conversation_uuid,
        "timestamp": timestamp(datetime.datetime.now(datetime.UTC)),
    }
    return await context.control.request_ncco(event, action)
