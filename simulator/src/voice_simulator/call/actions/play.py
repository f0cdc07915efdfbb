"""Plays one action of an NCCO."""

from __future__ import annotations

import datetime

from ...vonage.field_check import Action
from ...vonage.leg import timestamp
from ...vonage.ncco_check import CheckedNcco
from .callee import Callee
from .collect import collect_input
from .context import ActionContext
from .record import record
from .rooms import join_conversation, transfer
from .spoken import stream, talk, wait


async def play_action(context: ActionContext, action: Action) -> CheckedNcco | None:
    """Play an action, any but a connect to a WebSocket; return the NCCO that replaces the rest of the call, if any."""
    match action["action"]:
        case "talk":
            await talk(context, action)
        case "stream":
            await stream(context, action)
        case "wait":
            await wait(context, action)
        case timeless:
            ncco = await _play_timeless(context, timeless, action)
            context.pace.begin()
            return ncco
    return None


async def _play_timeless(context: ActionContext, name: str, action: Action) -> CheckedNcco | None:
    """Play an action that has no fixed length."""
    match name:
        case "input":
            return await collect_input(context, action)
        case "notify":
            return await _notify(context, action)
        case "connect":
            return await Callee(context, action).call()
        case "record":
            await record(context, action)
        case "conversation":
            await join_conversation(context, action)
        case "transfer":
            await transfer(context, action)
        case _:
            raise AssertionError("the rules let no other action through")
    return None


async def _notify(context: ActionContext, action: Action) -> CheckedNcco | None:
    """Send the payload; return the NCCO that comes back, if any."""
    event = {
        "payload": action["payload"],
        "conversation_uuid": context.phone_leg.conversation_uuid,
        "timestamp": timestamp(datetime.datetime.now(datetime.UTC)),
    }
    return await context.control.ask(event, action)
