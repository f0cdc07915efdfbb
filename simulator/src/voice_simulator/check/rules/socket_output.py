"""Rules for what an application sends to the platform: whole frames of the right size, and the texts that it knows."""

from __future__ import annotations

import json
from collections import Counter

from ...audio.format import AudioFormat
from ..finding import Finding, NotJudgedError, failed, passed, skipped
from ..raw_socket import SIZES, Message, read_messages
from ..rule import Rule, rule
from ..trial import Trial

TALK_SECONDS, LISTEN_SECONDS = 1.0, 1.0
TEXTS = (
    '{"event": "websocket:dtmf", "digit": "0", "duration": 260}',
    '{"event": "websocket:cleared"}',
    '{"event": "websocket:check", "of": "an echo of texts"}',
)
PACK = "Collect what you have until it is 20 ms of audio, and send that as one message; keep the rest for the next one."


@rule(
    "socket.unfragmented",
    "Each message to the platform goes in one WebSocket frame",
    section="3.6",
    fix="Send each message whole: no streaming or iterator interface of the WebSocket library.",
)
async def unfragmented(trial: Trial) -> Finding:
    """Look at all messages of a call."""
    messages = await _sent(trial)
    if not messages:
        return skipped("the application sent nothing")
    in_pieces = [message for message in messages if message.frames > 1]
    if in_pieces:
        return failed(f"{len(in_pieces)} of {len(messages)} messages in fragments, the first in {in_pieces[0].frames}")
    return passed(f"{len(messages)} messages, each in one frame")


@rule(
    "socket.frame-size",
    "Each binary message to the platform is one frame of 20 ms",
    section="3.6",
    fix=PACK,
)
async def frame_size(trial: Trial) -> Finding:
    """Look at all audio of a call."""
    sizes = await _audio_sizes(trial)
    wrong = {size: count for size, count in sizes.items() if size not in SIZES}
    if wrong:
        size, count = max(wrong.items(), key=lambda item: item[1])
        return failed(
            f"{sum(wrong.values())} of {sizes.total()} messages have another size, {count} of them {size} bytes",
            "320, 640 or 960 bytes, by the rate; the platform ends the call at the first message of another size",
        )
    return passed(f"{sizes.total()} messages of {_listed(sizes)} bytes")


def _rate_rule(audio_format: AudioFormat) -> Rule:
    rate, size = audio_format.sample_rate, audio_format.frame_bytes

    @rule(
        f"socket.rate-{rate}",
        f"Where the NCCO names {rate} Hz, audio goes out in frames of {size} bytes",
        section="3.3",
        fix="Take the rate from the content-type of the first message, and make the frames for it.",
    )
    async def of_the_rate(trial: Trial) -> Finding:
        """Look at all audio of a call."""
        named = (await trial.place_call()).audio_format
        if named is not audio_format:
            return skipped(f"the application's NCCO names {named.sample_rate} Hz")
        sizes = await _audio_sizes(trial)
        wrong = Counter({other: count for other, count in sizes.items() if other in SIZES and other != size})
        if wrong:
            return failed(f"{wrong.total()} of {sizes.total()} messages of {_listed(wrong)} bytes", f"{size} bytes")
        if not sizes[size]:
            return skipped(f"no message has the size of a frame at any rate, but {_listed(sizes)} bytes")
        return passed(f"{sizes[size]} messages of {size} bytes")

    return of_the_rate


@rule(
    "socket.text-not-echoed",
    "No text goes back to the platform",
    section="3.5",
    fix="Echo only binary messages: the opcode distinguishes them from text, the content doesn't.",
)
async def text_not_echoed(trial: Trial) -> Finding:
    """Send texts that would be known again."""
    async with trial.open_call() as opened:
        speaker = opened.speaker()
        sent = [json.dumps(opened.call.first_message), *TEXTS]
        for text in TEXTS:
            opened.socket.send_now(text)
            await speaker.say(0.1)
        await speaker.listen(LISTEN_SECONDS)
        echoed = [each for each in read_messages(opened.socket.arrivals) if each.data.decode(errors="replace") in sent]
    if echoed:
        return failed(f"{len(echoed)} of {len(sent)} texts came back, the first was {echoed[0].shown}", "no text")
    return passed(f"none of {len(sent)} texts came back")


@rule(
    "socket.known-texts-only",
    "No text goes to the platform but `clear` and `notify`",
    section="3.5",
    fix='Send {"action": "clear"} or {"action": "notify", "payload": {…}}, and everything else some other way.',
)
async def known_texts_only(trial: Trial) -> Finding:
    """Look at all texts of a call."""
    async with trial.open_call() as opened:
        speaker = opened.speaker()
        sent = [json.dumps(opened.call.first_message), *TEXTS]
        for text in TEXTS:
            opened.socket.send_now(text)
            await speaker.say(TALK_SECONDS / len(TEXTS))
        await speaker.listen(LISTEN_SECONDS)
        texts = [message for message in read_messages(opened.socket.arrivals) if message.is_text]
    unknown = [each for each in texts if not each.is_known_text and each.data.decode(errors="replace") not in sent]
    if unknown:
        return failed(f"{len(unknown)} texts that the platform doesn't know, the first is {unknown[0].shown}")
    return passed(f"{len(texts)} texts" if texts else "no text at all")


OUTPUT = [unfragmented, frame_size, *map(_rate_rule, AudioFormat), text_not_echoed, known_texts_only]


async def _sent(trial: Trial) -> list[Message]:
    """Return what the application sends while a caller talks."""
    async with trial.open_call() as opened:
        speaker = opened.speaker()
        await speaker.say(TALK_SECONDS)
        await speaker.listen(LISTEN_SECONDS)
        return read_messages(opened.socket.arrivals)


async def _audio_sizes(trial: Trial) -> Counter[int]:
    """Return the sizes of the binary messages and how often each came. Raises NotJudgedError if none came."""
    sizes = Counter(len(message.data) for message in await _sent(trial) if not message.is_text)
    if not sizes:
        raise NotJudgedError("the application sent no audio")
    return sizes


def _listed(sizes: Counter[int]) -> str:
    return ", ".join(map(str, sorted(sizes)))
