"""The record action, and the recording of a conversation (platform.md, 2.4)."""

from __future__ import annotations

import asyncio
import contextlib

from ...record.events import RecordingMade
from ...vonage.ncco.actions import Conversation, RecordAudio
from ...vonage.recording import MOST_SECONDS, Recording
from .context import ActionContext

LONGEST_SECONDS = 7200.0
MOST_AT_ONCE = 4


async def record(context: ActionContext, action: RecordAudio) -> None:
    """Record until one of the action's endings comes; without any the call goes on, and is recorded to its end."""
    if sum(isinstance(ear, Recording) for ear in context.line.ears) >= MOST_AT_ONCE:
        context.warn(f"record: {MOST_AT_ONCE} recordings run already, and this simulator makes no more at a time")
        return
    if action.format not in (None, "wav"):
        context.warn(f"record: this simulator makes WAV files, no {action.format}")
    recording = begin_recording(context, action)
    if action.end_on_silence is None and action.end_on_key is None and action.time_out is None:
        return
    await _wait_for_ending(context, recording, action)
    await context.at_end.pop(recording.uuid)()


def begin_recording(context: ActionContext, action: RecordAudio | Conversation) -> Recording:
    """Record from now on; the recording ends with the call unless it is ended before."""
    recording = Recording(context.record)
    if isinstance(action, RecordAudio):
        recording = Recording(context.record, action.end_on_key, split=action.split is not None)
    context.line.ears.append(recording)

    async def end() -> None:
        context.line.ears.remove(recording)
        if recording.is_full:
            kept = f"has the first {MOST_SECONDS / 60:g} minutes; this simulator keeps no more"
            context.warn(f"record: the recording {kept}")
        file = recording.wav()
        url = await context.recordings.keep(recording.uuid, file)
        context.record.add(RecordingMade(context.record.now, recording.uuid, len(file)))
        event = recording.event(url, len(file), context.phone_leg.conversation_uuid)
        await context.control.report(event, action)

    context.at_end[recording.uuid] = end
    return recording


async def _wait_for_ending(context: ActionContext, recording: Recording, action: RecordAudio) -> None:
    record = context.record
    longest = record.now + (action.time_out or LONGEST_SECONDS)
    silence = action.end_on_silence or LONGEST_SECONDS
    while (over_at := min(longest, recording.quiet_since + silence)) > record.now:  # a loud frame may move it
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(recording.key_pressed.wait(), over_at - record.now)
            return
