"""Rules for what an application sends to the platform: whole frames of the right size, and the texts that it knows."""

from __future__ import annotations

import functools
import json
from collections import Counter

from ...audio.format import AudioFormat
from ..finding import Finding, NotJudgedError, failed, passed, skipped
from ..output import Output
from ..raw_socket import SIZES, Message, read_messages
from ..rule import Rule, rule
from ..trial import Trial

TALK_SECONDS, LISTEN_SECONDS = 2.0, 1.0
PATIENCE_SECONDS = 10.0  # for a first word: an agent answers when the caller has been silent for a while
TEXTS = (
    '{"event": "websocket:dtmf", "digit": "0", "duration": 260}',
    '{"event": "websocket:cleared"}',
    '{"event": "websocket:check", "of": "an echo of texts"}',
)
PACK = (
    "Collect what you have until it is 20 ms of audio, and send that as one message; keep the rest for the next one,"
    " and pad the last frame with silence."
)


@rule(
    "socket.unfragmented",
    "Each message to the platform goes in one WebSocket frame",
    section="3.6",
    fix="Send each message whole: no streaming or iterator interface of the WebSocket library.",
    last=True,
)
async def unfragmented(trial: Trial) -> Finding:
    output = await _output(trial)
    if not output.messages:
        return skipped("the application sent nothing")
    if pieces := output.in_fragments:
        return failed(f"{len(pieces)} of {output.messages} messages in fragments, the first in {pieces[0]}")
    return passed(f"{output.messages} messages, each in one frame")


@rule(
    "socket.frame-size",
    "Each binary message to the platform is one frame of 20 ms",
    section="3.6",
    fix=PACK,
    last=True,
)
async def frame_size(trial: Trial) -> Finding:
    sizes = await _audio_sizes(trial)
    wrong = {size: count for size, count in sizes.items() if size not in SIZES}
    if wrong:
        size, count = max(wrong.items(), key=lambda item: item[1])
        return failed(
            f"{sum(wrong.values())} of {sizes.total()} messages have another size, {count} of them {size} bytes",
            "320, 640 or 960 bytes, by the rate; the platform is known to end the call at a shorter message",
        )
    return passed(f"{sizes.total()} messages of {_listed(sizes)} bytes")


async def _of_the_rate(trial: Trial, *, audio_format: AudioFormat) -> Finding:
    size, named = audio_format.frame_bytes, (await trial.place_call()).audio_format
    if named is not audio_format:
        return skipped(f"the application's NCCO names {named.sample_rate} Hz")
    sizes = await _audio_sizes(trial)
    wrong = Counter({other: count for other, count in sizes.items() if other in SIZES and other != size})
    if wrong:
        return failed(f"{wrong.total()} of {sizes.total()} messages of {_listed(wrong)} bytes", f"{size} bytes")
    if not sizes[size]:
        return skipped(f"no message has the size of a frame at any rate, but {_listed(sizes)} bytes")
    return passed(f"{sizes[size]} messages of {size} bytes")


def _rate_rule(audio_format: AudioFormat) -> Rule:
    rate, size = audio_format.sample_rate, audio_format.frame_bytes
    return rule(
        f"socket.rate-{rate}",
        f"Where the NCCO names {rate} Hz, audio goes out in frames of {size} bytes",
        section="3.3",
        fix="Take the rate from the content-type of the first message, and make the frames for it.",
        last=True,
    )(functools.partial(_of_the_rate, audio_format=audio_format))


@rule(
    "socket.text-not-echoed",
    "No text goes back to the platform",
    section="3.5",
    fix="Echo only binary messages: the opcode distinguishes them from text, the content doesn't.",
)
async def text_not_echoed(trial: Trial) -> Finding:
    sent, texts = await _texts(trial)
    echoed = [each for each in texts if each.data.decode(errors="replace") in sent]
    if echoed:
        return failed(f"{len(echoed)} of {len(sent)} texts were echoed, the first was {echoed[0].shown}", "no text")
    return passed(f"none of {len(sent)} texts was echoed")


@rule(
    "socket.known-texts-only",
    "No text goes to the platform but `clear` and `notify`",
    section="3.5",
    fix='Send {"action": "clear"} or {"action": "notify", "payload": {…}}, and everything else some other way.',
)
async def known_texts_only(trial: Trial) -> Finding:
    _, texts = await _texts(trial)
    if unknown := [each for each in texts if not each.is_known_text]:
        return failed(f"{len(unknown)} texts that the platform doesn't know, the first is {unknown[0].shown}")
    return passed(f"{len(texts)} texts" if texts else "no text at all")


OUTPUT = [unfragmented, frame_size, *map(_rate_rule, AudioFormat), text_not_echoed, known_texts_only]


async def _texts(trial: Trial) -> tuple[list[str], list[Message]]:
    """Return texts that are sent, the first message among them, and the texts that the application sends meanwhile."""
    async with trial.open_call() as opened:
        speaker = opened.speaker()
        for text in TEXTS:
            opened.socket.send_now(text)
            await speaker.say(TALK_SECONDS / 2 / len(TEXTS))
        await speaker.listen(LISTEN_SECONDS)
        texts = [message for message in read_messages(opened.socket.arrivals) if message.is_text]
        if not texts and not opened.socket.is_open:
            raise NotJudgedError(f"after the texts {opened.socket.ending}")
        return [json.dumps(opened.call.first_message), *TEXTS], texts


async def _output(trial: Trial) -> Output:
    """Return all that came in the check, greeting included; if no audio did yet, have a caller ask for it and wait."""
    if not trial.output.sizes and not trial.output.asked:
        trial.output.asked = True
        async with trial.open_call() as opened:
            speaker = opened.speaker()
            await speaker.say(TALK_SECONDS)
            await speaker.hears_within(PATIENCE_SECONDS)
    return trial.output


async def _audio_sizes(trial: Trial) -> Counter[int]:
    """Return the sizes of the binary messages and how often each came. Raises NotJudgedError if none came."""
    sizes = (await _output(trial)).sizes
    if not sizes:
        await trial.place_standing_call()  # raises the reason, if there is one
        raise NotJudgedError("the application sent no audio")
    return sizes


def _listed(sizes: Counter[int]) -> str:
    return ", ".join(map(str, sorted(sizes)))
