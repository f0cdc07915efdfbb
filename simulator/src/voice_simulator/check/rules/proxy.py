"""Rules of the group deployment: what a proxy before the application does to its sockets."""

from __future__ import annotations

import asyncio
import itertools
import shlex
from collections.abc import Sequence
from time import perf_counter

import numpy as np
from websockets.frames import Opcode

from ...audio.format import FRAME_SECONDS, FRAMES_PER_SECOND
from ...vonage.handshake import SocketNotOpenedError
from ..answered_call import AnsweredCall
from ..finding import Finding, NotJudgedError, failed, passed, warned
from ..raw_socket import RawSocket
from ..rule import Need, rule
from ..speaker import ECHO_SHARE
from ..trial import Trial

HANDSHAKES = 50
SLOW_HANDSHAKE_SECONDS = 2.0
IDLE_SECONDS = 62.0
PONG_SECONDS = 5.0
CADENCE_SECONDS = 5.0
SPACED_SECONDS, TOGETHER_SECONDS = 0.01, 0.003  # between frames that are meant to be 20 ms apart
BUNCHED_SHARE, ODD_SHARE = 0.75, 0.4
MIN_GAPS = 50
LATENESS_SECONDS = 0.03  # of this machine, from which on it may make bunches itself
RELOAD_SECONDS, AFTER_RELOAD_SECONDS = 30.0, 4.0


@rule(
    "deployment.handshakes-at-once",
    f"{HANDSHAKES} sockets can be opened at once",
    section="3.1",
    fix="Raise the limits of connections: the proxy's, the server's backlog, its workers, its open files.",
    alone=True,
)
async def handshakes_at_once(trial: Trial) -> Finding:
    """Place the calls, then open their sockets at the same moment; no refusal is tried again."""
    calls = await asyncio.gather(*(trial.place_call() for _ in range(HANDSHAKES)))
    outcomes = await asyncio.gather(*(_seconds_to_open(call) for call in calls))
    troubles = [outcome for outcome in outcomes if isinstance(outcome, str)]
    seconds = [outcome for outcome in outcomes if isinstance(outcome, float)]
    expected = f"{HANDSHAKES} open sockets"
    if not seconds:
        raise NotJudgedError(f"the socket can't be opened: {troubles[0]}")
    if troubles:
        return failed(f"{len(seconds)} open sockets; the others: {troubles[0]}", expected)
    seen = f"{HANDSHAKES} open sockets, the last after {max(seconds):.2f} s"
    return warned(seen, expected) if max(seconds) > SLOW_HANDSHAKE_SECONDS else passed(seen, expected)


async def _seconds_to_open(call: AnsweredCall) -> float | str:
    """Return how long a handshake took, or why it failed."""
    begun = perf_counter()
    try:
        socket = await call.open_socket(paced=False)
    except SocketNotOpenedError as error:
        return str(error)
    taken = perf_counter() - begun
    socket.send_now(call.first_message)
    await socket.close()
    return taken


@rule(
    "deployment.idle-minute",
    "A socket stays open through a minute of silence",
    section="3.3",
    fix="Raise the proxy's time limit for idle connections (nginx: proxy_read_timeout), or let the server ping.",
    seconds=IDLE_SECONDS + PONG_SECONDS,
)
async def idle_minute(trial: Trial) -> Finding:
    """Open a socket, send nothing at all, then see whether the application still answers."""
    expected = f"an open socket after {IDLE_SECONDS:g} s"
    async with trial.open_call() as (_, socket):
        begun = perf_counter()
        if await socket.ends_within(IDLE_SECONDS):
            return failed(f"it ended after {perf_counter() - begun:.0f} s, {_end_of(socket)}", expected)
        if await socket.answers_ping(PONG_SECONDS):
            return passed(expected, expected)
        return failed(f"no answer to a ping after {IDLE_SECONDS:g} s, {_end_of(socket)}", expected)


def _end_of(socket: RawSocket) -> str:
    return f"code {socket.close_code}" if socket.close_code is not None else "without a close"


@rule(
    "deployment.cadence",
    "Audio comes in its rhythm, not in bunches",
    section="3.3",
    fix="Switch the proxy's buffering of responses off, and Nagle's algorithm (TCP_NODELAY) at the server.",
    seconds=CADENCE_SECONDS,
    last=True,
)
async def cadence(trial: Trial) -> Finding:
    """Send a frame each 20 ms, and count those that are echoed together with the one before.

    What this machine itself has sent in a bunch is not counted. Of an application that is no echo, what it has said at
    the pace of speech counts, in all calls so far; a clip that came at once doesn't.
    """
    async with trial.open_call() as (call, socket):
        sent, lateness = await _send_frames(socket, call.audio_format.frame_bytes)
        came = [(arrival.data, arrival.time) for arrival in socket.arrivals if arrival.opcode is Opcode.BINARY]
    echo = [each for each in came if each[0] in sent]
    gaps = [after[1] - before[1] for before, after in itertools.pairwise(echo) if _was_spaced(before, after, sent)]
    if len(echo) < ECHO_SHARE * len(sent):
        gaps = trial.output.gaps
    busy = f"this machine sent frames up to {lateness * 1000:.0f} ms late itself"
    if len(gaps) < MIN_GAPS:
        raise NotJudgedError(f"too little audio came at its own pace: {len(came)} messages of any kind; {busy}")
    share = sum(gap < TOGETHER_SECONDS for gap in gaps) / len(gaps)
    seen, expected = f"{share:.0%} of the messages came together with the one before", f"less than {ODD_SHARE:.0%}"
    if share > BUNCHED_SHARE:
        return failed(seen, expected)
    if share > ODD_SHARE and lateness > LATENESS_SECONDS:
        raise NotJudgedError(busy)
    return warned(seen, expected) if share > ODD_SHARE else passed(seen, expected)


def _was_spaced(before: tuple[bytes, float], after: tuple[bytes, float], sent: dict[bytes, float]) -> bool:
    """Return whether two frames of an echo were sent with time in between."""
    return sent[after[0]] - sent[before[0]] > SPACED_SECONDS


async def _send_frames(socket: RawSocket, frame_bytes: int) -> tuple[dict[bytes, float], float]:
    """Send frames at their times; return when each was sent, and how late the latest was."""
    noise, sent, latest = np.random.default_rng(1), dict[bytes, float](), 0.0
    begun = perf_counter()
    for number in range(int(CADENCE_SECONDS * FRAMES_PER_SECOND)):
        due = begun + number * FRAME_SECONDS
        await asyncio.sleep(due - perf_counter())
        frame = noise.bytes(frame_bytes)
        sent[frame] = perf_counter()
        latest = max(latest, sent[frame] - due)
        socket.send_now(frame)
    return sent, latest


@rule(
    "deployment.reload",
    "A socket outlives a reload of the proxy",
    section="8",
    fix="Let the proxy keep open connections over a reload (Caddy: stream_close_delay longer than any call).",
    needs=(Need.RELOAD,),
    seconds=AFTER_RELOAD_SECONDS + 2,
    last=True,
)
async def reload(trial: Trial) -> Finding:
    expected = f"an open socket {AFTER_RELOAD_SECONDS:g} s after the reload"
    async with trial.open_call() as (_, socket):
        await _run(shlex.split(trial.proxy_reload or ""))
        if await socket.ends_within(AFTER_RELOAD_SECONDS):
            return failed(f"it ended, {_end_of(socket)}", expected)
        if not await socket.answers_ping(PONG_SECONDS):
            return failed(f"no answer to a ping, {_end_of(socket)}", expected)
    return passed(expected, expected)


async def _run(command: Sequence[str]) -> None:
    """Run a command to its end; raises NotJudgedError unless it does what it is for."""
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=asyncio.subprocess.STDOUT)
    except OSError as error:
        raise NotJudgedError(f"the proxy was not reloaded: {error}") from error
    try:
        async with asyncio.timeout(RELOAD_SECONDS):
            printed, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        raise NotJudgedError(f"the command that reloads the proxy had no end within {RELOAD_SECONDS:g} s") from None
    if process.returncode:
        said = " ".join(printed.decode(errors="replace").split())[:100]
        raise NotJudgedError(f"the command that reloads the proxy ended with {process.returncode}: {said}")


PROXY = [handshakes_at_once, idle_minute, cadence, reload]
