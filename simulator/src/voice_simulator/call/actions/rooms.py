"""The actions that bring the caller into another conversation: conversation and transfer (platform.md, 2.4)."""

from __future__ import annotations

import asyncio
import datetime

from ...vonage.leg import timestamp
from ...vonage.ncco.actions import Conversation, Transfer
from .context import ActionContext
from .record import begin_recording


async def join_conversation(context: ActionContext, action: Conversation) -> None:
    """Stay in a named conversation, alone, until the caller hangs up; record it if the action says so."""
    if action.record:
        begin_recording(context, action)
    await asyncio.Event().wait()


async def transfer(context: ActionContext, action: Transfer) -> None:
    """Move the call into an existing conversation, tell of it, and stay until the caller hangs up."""
    now = datetime.datetime.now(datetime.UTC)
    event = {
        "conversation_uuid_from": context.phone_leg.conversation_uuid,
        "conversation_uuid_to": action.conversation_id,
        "uuid": context.phone_leg.uuid,
        "timestamp": timestamp(now),
    }
    await context.control.report(event)
    await asyncio.Event().wait()
