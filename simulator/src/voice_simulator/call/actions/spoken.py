"""The actions that the caller listens to, talk, stream, and the pause: wait (platform.md, 2.2 and 2.4)."""

from __future__ import annotations

import asyncio
import itertools
import math

from ...audio.format import FRAME_SECONDS, FRAMES_PER_SECOND, AudioFormat
from ...audio.reading import SoundError
from ...caller.speech import decode_frames
from ...vonage.ncco.actions import Stream, Talk, Wait
from ...vonage.requester import WebhookError
from .context import ActionContext

FETCH_SECONDS = 5.0
MOST_SECONDS = 600.0  # of a sound file
STREAM_FORMAT = AudioFormat.L16_16000


async def wait(context: ActionContext, action: Wait) -> None:
    await context.pace.last(action.seconds)


async def talk(context: ActionContext, action: Talk) -> None:
    """Let a voice speak the text; there is no voice here, so it takes its time in silence."""
    await _last(context, action, math.inf if action.seconds is None else action.seconds)


async def stream(context: ActionContext, action: Stream) -> None:
    frames = await _fetch(context, action.stream_url[0])
    context.pace.begin()  # it begins when it is here
    seconds = len(frames) * FRAME_SECONDS * (action.loop or math.inf) if frames else 0.0
    player = asyncio.create_task(_play(context, frames, seconds))
    try:
        await _last(context, action, seconds)
    finally:
        player.cancel()


async def _last(context: ActionContext, action: Talk | Stream, seconds: float) -> None:
    """Let a sound last its time, or until the caller breaks in where the action allows it, for the input after it."""
    line = context.line
    line.collecting |= action.barge_in
    await context.pace.last(seconds if context.speaks else 0.0, line.sign_came if line.collecting else None)


async def _fetch(context: ActionContext, url: str) -> list[bytes]:
    try:
        response = await context.webhooks.fetch(url, FETCH_SECONDS)
    except WebhookError as error:
        context.warn(f"stream {error}; nothing is played")
        return []
    if not response.is_success:
        context.warn(f"stream {url} answered {response.status_code}; nothing is played")
        return []
    try:
        # In a thread: a small file may take long to decode.
        frames = await asyncio.to_thread(decode_frames, response.content, f"stream {url}", MOST_SECONDS, STREAM_FORMAT)
    except SoundError as error:
        context.warn(f"{error}; it is passed over")
        return []
    if len(frames) > MOST_SECONDS * FRAMES_PER_SECOND:
        context.warn(f"stream {url} is longer than {MOST_SECONDS / 60:g} minutes; the rest is left out here")
    return frames


async def _play(context: ActionContext, frames: list[bytes], seconds: float) -> None:
    started = context.record.now
    if not context.speaks:
        return
    for number in itertools.count():
        time = number * FRAME_SECONDS
        if time >= seconds:
            break
        context.line.play_stream(frames[number % len(frames)], started + time)
        await asyncio.sleep(max(0.0, started + time + FRAME_SECONDS - context.record.now))
