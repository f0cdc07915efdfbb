"""Rules for how a socket lives and ends: pings, close codes, ends without a word."""

from __future__ import annotations

from time import perf_counter

from ..finding import Finding, NotJudgedError, failed, passed
from ..raw_socket import HANG_UP_CODES, RawSocket
from ..rule import rule
from ..trial import Trial

TALK_SECONDS, LISTEN_SECONDS = 0.6, 1.0
PONG_SECONDS = 5.0
END_SECONDS = 10.0  # from the end of the platform's side to that of the application's
NEXT_CALL_SECONDS = 5.0
PATIENCE_SECONDS = 10.0  # for the first word of an application that has spoken in the call before
HALF_OPEN_SECONDS = 90.0


@rule(
    "socket.ping",
    "A ping is answered",
    section="3.1",
    fix="Use a WebSocket library that answers pings by itself, and never block its loop (RFC 6455, 5.5.2).",
)
async def ping(trial: Trial) -> Finding:
    async with trial.open_call() as opened:
        await opened.speaker_after(TALK_SECONDS)
        start = perf_counter()
        if await opened.socket.answers_ping(PONG_SECONDS):
            return passed(f"a pong came after {(perf_counter() - start) * 1000:.0f} ms")
        if not opened.socket.is_open:
            return failed(opened.socket.ending, "a pong")
        return failed(f"no pong came within {PONG_SECONDS:g} s")


@rule(
    "socket.close-answered",
    "The platform's close frame is answered with one",
    section="3.8",
    fix="Answer a close frame with its own code (RFC 6455, 5.5.1), as WebSocket libraries do.",
)
async def close_answered(trial: Trial) -> Finding:
    async with trial.open_call() as opened:
        await opened.speaker_after(TALK_SECONDS)
        await opened.socket.close(1000)
        answer = opened.socket.protocol.close_rcvd
    if answer is None:
        return failed(f"no close frame came within {RawSocket.close_seconds:g} s", "a close frame with 1000")
    if answer.code not in HANG_UP_CODES:
        return failed(f"a close frame with {answer.code} {answer.reason}".rstrip(), "a close frame with 1000")
    return passed(f"a close frame with {answer.code}")


@rule(
    "socket.close-ends-connection",
    "The connection ends right after the close frames",
    section="3.8",
    fix="Close the TCP connection when both close frames are through (RFC 6455, 7.1.1).",
)
async def close_ends_connection(trial: Trial) -> Finding:
    """Close in mid-call, and wait for the end of the TCP connection."""
    async with trial.open_call() as opened:
        await opened.speaker_after(TALK_SECONDS)
        start = perf_counter()
        await opened.socket.close(1000)
        seconds = perf_counter() - start
        if opened.socket.protocol.close_rcvd is None:
            raise NotJudgedError("the close frame is not answered")
    if seconds >= RawSocket.close_seconds:
        return failed(f"the connection was still open after {RawSocket.close_seconds:g} s")
    return passed(f"it ended after {seconds * 1000:.0f} ms")


@rule(
    "socket.abrupt-end",
    "A connection that the platform ends without a close frame is ended by the application too",
    section="3.8",
    fix="Take the end of the connection for the end of the call, and close your side of it.",
    seconds=END_SECONDS,
)
async def abrupt_end(trial: Trial) -> Finding:
    async with trial.open_call() as opened:
        await opened.speaker_after(TALK_SECONDS)
        opened.socket.fall_silent()  # an answer to a ping would only meet a broken pipe
        opened.socket.end_without_close_frame()
        start = perf_counter()
        ended = await opened.socket.ends_within(END_SECONDS)
        seconds = perf_counter() - start
        opened.socket.abort()
    if not ended:
        return failed(f"the application kept its side open for {END_SECONDS:g} s and more")
    return passed(f"the application ended its side after {seconds * 1000:.0f} ms")


@rule(
    "socket.after-abrupt-end",
    "After a connection that broke the next call is answered as before",
    section="3.8",
    fix="Let a broken connection end only its own call: catch its error there, and keep no lock over a read or write.",
)
async def after_abrupt_end(trial: Trial) -> Finding:
    """Reset the TCP connection in mid-call, and place another call at once."""
    async with trial.open_call() as opened:
        before = await opened.speaker_after(TALK_SECONDS)
        opened.socket.reset()
    start = perf_counter()
    try:
        async with trial.open_call() as opened:
            seconds = perf_counter() - start
            after = opened.speaker()
            await after.say(TALK_SECONDS)
            await after.listen(LISTEN_SECONDS)
            if before.speaks:
                await after.hears_within(PATIENCE_SECONDS)
            if not opened.socket.is_open:
                return failed(f"in the next call {opened.socket.ending}")
    except NotJudgedError as error:
        return failed(f"the next call: {error}")
    if seconds > NEXT_CALL_SECONDS:
        return failed(f"the next call's socket was open after {seconds:.1f} s", f"within {NEXT_CALL_SECONDS:g} s")
    if before.speaks and not after.speaks:
        return failed("no audio came in the next call", "audio, as in the one before")
    return passed(f"the next call's socket was open after {seconds * 1000:.0f} ms")


@rule(
    "socket.half-open",
    f"A call whose platform has vanished is ended within {HALF_OPEN_SECONDS:g} s",
    section="3.3",
    fix="Ping the platform now and then, and end the call if no pong and nothing else has come for a minute.",
    seconds=HALF_OPEN_SECONDS + 2 * TALK_SECONDS,
)
async def half_open(trial: Trial) -> Finding:
    """Send nothing any more, not even a pong."""
    async with trial.open_call() as opened:
        await opened.speaker_after(TALK_SECONDS)
        opened.socket.fall_silent()
        start = perf_counter()
        ended = await opened.socket.ends_within(HALF_OPEN_SECONDS)
        seconds = perf_counter() - start
        opened.socket.abort()
    if not ended:
        return failed(f"nothing came to the application, no pong either, and after {seconds:.0f} s the call was on")
    return passed(f"the application ended the call after {seconds:.0f} s without a byte, or a pong")


ENDING = [ping, close_answered, close_ends_connection, abrupt_end, after_abrupt_end, half_open]
