"""The platform's rules for the actions of an NCCO (platform.md, 2)."""

from __future__ import annotations

from typing import Any

from .ncco_values import (
    ACCOUNT_NUMBER,
    ANY,
    ANY_NUMBER,
    BOOLEAN,
    LANGUAGE,
    METHOD,
    NAME,
    OBJECT,
    STRING,
    STRINGS,
    URL,
    URLS,
    Fields,
    Rule,
    is_list_of_one_object,
    number,
    one_of,
    text,
    whole,
)

_LOOP = whole(0, 1000, "a whole number from 0 (0 has no end)")
_LEVEL = number(-1, 1, "a number from -1 to 1")
_SECONDS_TO_RING = whole(1, 7200, "a whole number of seconds from 1")


def _kinds_of_input(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(kind in ("dtmf", "speech") for kind in value)


def _fields(*required: str, **rules: Rule) -> Fields:
    """Return the fields of an action; `from_` stands for the name that Python keeps for itself."""
    return Fields({"action": STRING} | {name.rstrip("_"): rule for name, rule in rules.items()}, frozenset(required))


ACTIONS = {
    "talk": _fields(
        "text",
        text=text(r"(?=.*\S).{1,1500}", "1 to 1500 characters, not only spaces"),
        language=LANGUAGE,
        style=whole(0, 1000, "a whole number from 0"),
        premium=BOOLEAN,
        bargeIn=BOOLEAN,
        loop=_LOOP,
        level=_LEVEL,
        provider=ANY,
        providerOptions=ANY,
    ),
    "stream": _fields("streamUrl", streamUrl=URLS, level=_LEVEL, bargeIn=BOOLEAN, loop=_LOOP),
    "input": _fields(
        "type",
        type=Rule(_kinds_of_input, 'an array of "dtmf", "speech" or both'),
        dtmf=OBJECT,
        speech=OBJECT,
        mode=one_of("synchronous", "asynchronous"),
        eventUrl=URLS,
        eventMethod=METHOD,
    ),
    "record": _fields(
        format=one_of("mp3", "wav", "ogg"),
        split=one_of("conversation"),
        channels=whole(1, 32, "a whole number from 1 to 32"),
        endOnSilence=number(3, 10, "a number of seconds from 3 to 10"),
        endOnKey=text(r"[0-9*#]", "one key: 0-9, * or #"),
        timeOut=whole(3, 7200, "a whole number of seconds from 3 to 7200"),
        beepStart=BOOLEAN,
        transcription=OBJECT,
        eventUrl=URLS,
        eventMethod=METHOD,
    ),
    "conversation": _fields(
        "name",
        name=NAME,
        musicOnHoldUrl=URLS,
        startOnEnter=BOOLEAN,
        endOnExit=BOOLEAN,
        record=BOOLEAN,
        canSpeak=STRINGS,
        canHear=STRINGS,
        mute=BOOLEAN,
        transcription=OBJECT,
        eventUrl=URLS,
        eventMethod=METHOD,
    ),
    "notify": _fields("payload", "eventUrl", payload=OBJECT, eventUrl=URLS, eventMethod=METHOD),
    "wait": _fields(timeout=ANY_NUMBER),  # one out of bounds is clamped (see timed_action)
    "transfer": _fields(
        "conversationId", conversationId=NAME, canHear=STRINGS, canSpeak=STRINGS, mute=BOOLEAN
    ),
    "connect": _fields(
        "endpoint",
        endpoint=Rule(is_list_of_one_object, "an array of exactly one object"),
        from_=ACCOUNT_NUMBER,
        randomFromNumber=BOOLEAN,
        eventType=Rule(lambda value: value == "synchronous", '"synchronous"'),
        eventUrl=URLS,
        eventMethod=METHOD,
        timeout=_SECONDS_TO_RING,
        limit=whole(1, 7200, "a whole number of seconds from 1 to 7200"),
        machineDetection=one_of("continue", "hangup"),
        advancedMachineDetection=OBJECT,
        ringbackTone=Rule(lambda value: URL.holds(value) or URLS.holds(value), "an absolute http(s) URL"),
    ),
}  # fmt: skip

# The objects within an action, by action and field.
PARTS = {
    ("input", "dtmf"): Fields(
        {
            "timeOut": number(0, 10, "a number of seconds from 0 to 10"),
            "maxDigits": whole(1, 20, "a whole number from 1 to 20"),
            "submitOnHash": BOOLEAN,
        }
    ),
    ("input", "speech"): Fields(
        {
            "uuid": STRINGS,
            "language": LANGUAGE,
            "context": STRINGS,
            "endOnSilence": number(0.4, 10, "a number of seconds from 0.4 to 10"),
            "startTimeout": number(1, 60, "a number of seconds from 1 to 60"),
            "maxDuration": number(1, 60, "a number of seconds from 1 to 60"),
            "saveAudio": BOOLEAN,
            "sensitivity": whole(0, 100, "a whole number from 0 to 100"),
            "provider": ANY,
            "providerOptions": ANY,
        }
    ),
}
