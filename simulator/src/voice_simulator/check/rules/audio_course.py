"""Rules for audio over the course of a call: silence, and the last word."""

from __future__ import annotations

from ..finding import Finding, NotJudgedError, failed, passed, skipped
from ..rule import rule
from ..trial import PONG_SECONDS, Trial

TALK_SECONDS, LISTEN_SECONDS = 1.0, 1.0
SILENT_SECONDS = 65.0
GOODBYE_KEYS = "#0*19"  # by which an application may hang up, one after the other
KEY_SECONDS = 2.0
CUT_SECONDS = 0.1  # of audio that may be lost: the frame that is playing, and those on their way


@rule(
    "audio.silence",
    f"Without audio for {SILENT_SECONDS:g} s the socket stays open",
    section="3.3",
    fix="Distinguish a silent platform from a dead one by pings, and wait for minutes; raise the proxy's time-out too.",
    seconds=SILENT_SECONDS + 3 * TALK_SECONDS,
)
async def silence(trial: Trial) -> Finding:
    """Send nothing for a while, but answer pings; then speak again."""
    async with trial.open_call() as opened:
        speaker = opened.speaker()
        await speaker.say(TALK_SECONDS)
        await speaker.listen(LISTEN_SECONDS)
        if not opened.socket.is_open:
            raise NotJudgedError(f"before the silence {opened.socket.ending}")
        echo_due, echoed = await opened.is_echo_due(speaker), speaker.frames_echoed
        if await opened.socket.ends_within(SILENT_SECONDS):
            return failed(f"within {SILENT_SECONDS:g} s without audio {opened.socket.ending}")
        await speaker.say(TALK_SECONDS)
        await speaker.listen(LISTEN_SECONDS)
        if not opened.socket.is_open:
            return failed(f"after the silence {opened.socket.ending}")
        if echo_due and speaker.frames_echoed == echoed:
            return failed("the socket is open, but after the silence no echo came any more")
        if not echo_due and not await opened.socket.answers_ping(PONG_SECONDS):
            return failed("the socket is open, but after the silence no pong came any more")
    return passed("the socket stayed open, and the call went on")


@rule(
    "audio.notify-before-close",
    "A call is closed when all audio has been played, as `notify` reports",
    section="3.5",
    fix='Send {"action": "notify", "payload": {…}} after the last frame, and close when websocket:notify comes back.',
    seconds=TALK_SECONDS + KEY_SECONDS * len(GOODBYE_KEYS),
)
async def notify_before_close(trial: Trial) -> Finding:
    """Press keys until the application hangs up, and see what it had not said yet."""
    async with trial.open_call() as opened:
        speaker = opened.speaker()
        await speaker.say(TALK_SECONDS)
        for key in GOODBYE_KEYS:
            opened.socket.send_now({"event": "websocket:dtmf", "digit": key, "duration": 260})
            await speaker.say(KEY_SECONDS)
            if not opened.socket.is_open:
                break
        else:
            return skipped("the application hung up on none of the keys " + " ".join(GOODBYE_KEYS))
        if not opened.socket.hung_up:
            raise NotJudgedError(f"after the key {key} {opened.socket.ending}, which is no hanging up", "socket.keys")
        cut = speaker.seconds_queued()
    if cut > CUT_SECONDS:
        return failed(f"after the key {key} {opened.socket.ending}, and {cut:.1f} s of audio were never played")
    return passed(f"after the key {key} {opened.socket.ending}, when all audio had been played")


COURSE = [silence, notify_before_close]
