"""Rules for an echo's delay: what was late once must not stay late for the rest of the call."""

from __future__ import annotations

import asyncio

from ...audio.format import FRAMES_PER_SECOND
from ..finding import Finding, NotJudgedError, Status, failed, passed, skipped
from ..raw_socket import RawSocket
from ..rule import rule
from ..speaker import Speaker
from ..trial import OpenCall, Trial

BEFORE_SECONDS, AFTER_SECONDS = 3.0, 5.0
JUDGED_SECONDS = 2.0  # at the end of each
STALL_SECONDS = 2.0
UNREAD_SECONDS, UNREAD_BESIDE_SECONDS = 12.0, 8.0
TLS_BUFFER_BYTES = 256 * 1024  # that the event loop takes in, though nothing is read
BUFFER_BYTES = 16 * 1024  # of the kernel, here: the application is to notice early that nothing is read
FAST_SECONDS, FAST_PACE = 66.0, 1.01
MAX_ADDED_SECONDS = 0.45
MAX_KEPT_SECONDS = 2.0  # of those unread; some wait in the buffers of kernels
MAX_BESIDE_SECONDS = 1.5  # a call that is kept waiting is not heard at all
PROXY_HEADERS = ("Via", "Server")
PROXIES = ("caddy", "nginx", "envoy", "haproxy", "traefik", "apache", "cloudflare", "varnish", "awselb", "ngrok")
MODEL = (
    "Keep a model of the platform's queue, 20 ms for each frame sent; when it holds more than some 200 ms,"
    ' send {"action": "clear"}, drop what waits, and go on with the newest frame.'
)


@rule(
    "audio.stall",
    "A burst after a stall of the network does not stay as delay",
    section="3.7",
    fix=MODEL,
    seconds=BEFORE_SECONDS + STALL_SECONDS + AFTER_SECONDS,
)
async def stall(trial: Trial) -> Finding:
    """Hold the audio back for a while, then send all of it at once."""
    async with trial.open_call() as opened:
        speaker, before = await _begin(opened)
        await speaker.listen(STALL_SECONDS)
        speaker.say_at_once(STALL_SECONDS)
        await speaker.say(AFTER_SECONDS)
        when = f"{AFTER_SECONDS:g} s after a stall of {STALL_SECONDS:g} s"
        return _judge(opened.socket, speaker, before, when, MAX_ADDED_SECONDS)


@rule(
    "audio.slow-reader",
    "What waits for a platform that does not read is dropped, and does not stay as delay",
    section="3.7",
    fix="Give each socket small buffers (SO_SNDBUF), drop frames while it can't be written, and clear afterwards.",
    seconds=BEFORE_SECONDS + UNREAD_SECONDS + AFTER_SECONDS,
    alone=True,
)
async def slow_reader(trial: Trial) -> Finding:
    async with trial.open_call(buffer_bytes=BUFFER_BYTES) as opened:
        speaker, before = await _begin(opened)
        unread_seconds = UNREAD_SECONDS + _seconds_in_tls(opened)
        opened.socket.stop_reading()
        await speaker.say(unread_seconds)
        opened.socket.read_fast()
        await speaker.say(AFTER_SECONDS)
        when = f"{AFTER_SECONDS:g} s after {unread_seconds:.0f} s without reading"
        finding = _judge(opened.socket, speaker, before, when, MAX_KEPT_SECONDS)
        proxy = _proxy(opened.socket)
    if proxy and finding.status is Status.FAIL:
        return skipped(
            f"{finding.seen}; a proxy is on the way ({proxy}), and its buffers can't be distinguished from the server's"
        )
    return finding


@rule(
    "audio.beside-slow-reader",
    "A platform that does not read one call disturbs no other call",
    section="3.7",
    fix="Never wait for one socket in what serves the others: no lock over a write, no blocking write.",
    seconds=BEFORE_SECONDS + UNREAD_BESIDE_SECONDS,
    alone=True,
)
async def beside_slow_reader(trial: Trial) -> Finding:
    async with trial.open_call(buffer_bytes=BUFFER_BYTES) as slow, trial.open_call() as other:
        slow_speaker, _ = await _begin(slow)
        speaker = other.speaker()
        unread_seconds = UNREAD_BESIDE_SECONDS + _seconds_in_tls(slow)
        slow.socket.stop_reading()
        await asyncio.gather(slow_speaker.say(unread_seconds), speaker.say(unread_seconds))
        lag = speaker.median_lag(JUDGED_SECONDS)
        limit = MAX_BESIDE_SECONDS + speaker.own_lateness()
        end = "" if other.socket.is_open else other.socket.ending
        slow.socket.abort()
    if end:
        return failed(f"of the other call {end}")
    if lag is None or lag > limit:
        heard = "was not heard any more" if lag is None else f"was heard {lag * 1000:.0f} ms late"
        return failed(f"the echo of the other call {heard}", f"at most {limit * 1000:.0f} ms")
    return passed(f"the echo of the other call was heard {lag * 1000:.0f} ms late")


@rule(
    "audio.fast-sender",
    "A sender that is 1 % fast for a minute builds up no delay",
    section="3.7",
    fix=MODEL,
    seconds=BEFORE_SECONDS + FAST_SECONDS,
)
async def fast_sender(trial: Trial) -> Finding:
    async with trial.open_call() as opened:
        speaker, before = await _begin(opened)
        await speaker.say(FAST_SECONDS, pace=FAST_PACE)
        when = f"after {FAST_SECONDS:g} s at {FAST_PACE:g} times the pace"
        return _judge(opened.socket, speaker, before, when, MAX_ADDED_SECONDS)


DELAY = [stall, slow_reader, beside_slow_reader, fast_sender]


async def _begin(opened: OpenCall) -> tuple[Speaker, float]:
    """Speak for a while; return that speaker, and how late the echo is. Raises NotJudgedError if there is none."""
    speaker = opened.speaker()
    await speaker.say(BEFORE_SECONDS)
    if not opened.socket.is_open:
        raise NotJudgedError(f"at once {opened.socket.ending}")
    lag = speaker.median_lag(JUDGED_SECONDS)
    if not speaker.echoes or lag is None:
        raise NotJudgedError(
            f"it needs an echo: of {speaker.frames_sent} frames {speaker.frames_echoed} came back as they were"
        )
    return speaker, lag


def _seconds_in_tls(opened: OpenCall) -> float:
    """Return how much audio goes into the buffer of TLS, nothing without TLS."""
    secure = opened.socket.transport.get_extra_info("ssl_object") is not None
    audio_bytes_per_second = opened.call.audio_format.frame_bytes * FRAMES_PER_SECOND
    return TLS_BUFFER_BYTES / audio_bytes_per_second if secure else 0.0


def _judge(socket: RawSocket, speaker: Speaker, before: float, when: str, added_seconds: float) -> Finding:
    """Judge how late the echo is now, against how late it was before; this machine's own lateness is allowed for."""
    if not socket.is_open:
        return failed(socket.ending, "the call goes on")
    lag = speaker.median_lag(JUDGED_SECONDS)
    if lag is None:
        return failed(f"{when}, nothing was heard", "the echo, as before")
    seen = f"{when}, the echo is heard {lag * 1000:.0f} ms late, {before * 1000:.0f} ms before"
    limit = added_seconds + speaker.own_lateness()
    if lag - before > limit:
        return failed(seen, f"at most {limit * 1000:.0f} ms more than before")
    return passed(f"{seen}; {speaker.clears} clears")


def _proxy(socket: RawSocket) -> str:
    """Return the header by which a proxy shows that it is on the way, nothing if none does."""
    for name in PROXY_HEADERS:
        for value in socket.response.headers.get_all(name) if socket.response else ():
            if name == "Via" or any(proxy in value.lower() for proxy in PROXIES):
                return f"{name}: {value}"
    return ""
