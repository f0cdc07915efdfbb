"""Rules of the group ncco: the actions that the answer webhook gives to a plain question."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from ...vonage.field_check import Finding as Oddity
from ...vonage.ncco_check import check_ncco
from ..finding import Finding, failed, passed, warned
from ..rule import Need, Rule, rule
from ..trial import Trial

# Which rule an oddity of an NCCO belongs to, by its sentence up to the value; the first that matches.
SHAPE = "shape"
BELONGS = (
    ("connect-last", r"an action behind the connect|no action may follow"),
    ("from-not-caller", r"\.from must be a number of the account"),
    ("from-number", r"\.from must be a number in E\.164"),
    ("talk-text", r"\.text (must be|is missing)"),
    ("headers-size", r"\.headers must be at most"),
    ("headers-names", r"\.headers must not have the name"),
    ("authorization", r"\.authorization\b"),
    ("wss", r"must be wss://"),
    ("absolute-urls", r"must be an (absolute|array of absolute)"),
    ("audio-format", r"\.content-type (must be|is missing)"),
    ("one-endpoint", r"\.endpoint (must be an array of exactly one|is missing)"),
    ("times", r"\]\.(timeout|limit) must be"),
)


def belonging_to(oddity: Oddity) -> str:
    """Return the name of the rule that an oddity belongs to."""
    sentence = oddity.sentence.partition("; it is")[0] if "follow" not in oddity.sentence else oddity.sentence
    return next((name for name, pattern in BELONGS if re.search(pattern, sentence)), SHAPE)


def _judge_part(name: str, expected: str) -> Callable[[Trial], Awaitable[Finding]]:
    """Return the judge of the rule that some oddities belong to."""

    async def judge(trial: Trial) -> Finding:
        response = trial.plain.required()
        target = trial.application
        oddities = check_ncco(response.json(), caller=target.caller, secure=target.is_secure)
        own = [oddity for oddity in oddities if belonging_to(oddity) == name]
        if name == SHAPE and (fault := _fault_of_response(response.status_code, response.headers.get("content-type"))):
            return failed(fault, expected)
        if broken := [oddity for oddity in own if oddity.breaks_rule or name == "connect-last"]:
            return failed(broken[0].sentence, expected)
        return warned(own[0].sentence, expected) if own else passed(expected, expected)

    return judge


def _fault_of_response(status: int, content_type: str | None) -> str:
    if status != 200:
        return f"the response's status is {status}"
    kind = (content_type or "").partition(";")[0].strip().lower()
    return "" if kind == "application/json" else f"the response's Content-Type is {content_type or 'missing'}"


def _part(name: str, title: str, expected: str, *, section: str, fix: str, needs: tuple[Need, ...] = ()) -> Rule:
    return rule(f"ncco.{name}", title, section=section, fix=fix, needs=needs)(_judge_part(name, expected))


NCCO = [
    _part(
        SHAPE,
        "The answer is an array of actions that the platform knows, with their fields",
        "status 200, Content-Type application/json, and a JSON array of known actions",
        section="2.1",
        fix="Return a list of actions as JSON; the sentence names the field that is wrong.",
    ),
    _part(
        "talk-text",
        "A talk has 1 to 1500 characters",
        "a text of 1 to 1500 characters",
        section="2.2",
        fix="Shorten the text, or speak it in several talks.",
    ),
    _part(
        "from-not-caller",
        "A connect's `from` is not the caller's number",
        "a number of the account, or no `from`",
        section="2.3",
        fix="Use the dialled number (`to`), or leave `from` out.",
    ),
    _part(
        "from-number",
        "A connect's `from` is a number in E.164 without +",
        "7 to 15 digits, or no `from`",
        section="2.3",
        fix="Write the number as 7 to 15 digits, without + and spaces, or leave `from` out.",
    ),
    _part(
        "one-endpoint",
        "A connect has exactly one endpoint, in an array",
        "an array of one object",
        section="2.3",
        fix='Write "endpoint": [{…}], with one object in it.',
    ),
    _part(
        "times",
        "A connect's `timeout` and `limit` are whole seconds that the platform takes",
        "whole numbers from 1 to 7200",
        section="2.3",
        fix="Give whole numbers of seconds, from 1 to 7200, as numbers and not as text.",
    ),
    _part(
        "absolute-urls",
        "URLs are absolute, those of events in an array",
        "absolute URLs",
        section="2.3",
        fix='Write whole URLs: "uri": "wss://HOST/…", "eventUrl": ["https://HOST/…"].',
    ),
    _part(
        "wss",
        "The socket is wss:// where the webhook is https://",
        "wss://",
        section="2.3",
        fix="Behind a proxy, take the scheme from X-Forwarded-Proto, or set the public address.",
        needs=(Need.HTTPS,),
    ),
    _part(
        "audio-format",
        "The audio is linear PCM of 8, 16 or 24 kHz",
        "audio/l16;rate=8000, 16000 or 24000",
        section="2.3",
        fix='Write "content-type": "audio/l16;rate=16000".',
    ),
    _part(
        "headers-size",
        "The socket's headers take at most 512 bytes as JSON",
        "at most 512 bytes",
        section="2.3",
        fix="Pass an identifier in `headers`, and keep the rest at the server.",
    ),
    _part(
        "headers-names",
        "No header of the socket is named `event` or `content-type`",
        "other names",
        section="2.3",
        fix="Rename the header: the first message has fields of these names already.",
    ),
    _part(
        "authorization",
        "The socket's authorization is one that the platform can send",
        "type vonage, or type custom with a value of 1 to 8191 printable ASCII characters",
        section="2.3",
        fix='Write "authorization": {"type": "custom", "value": "Bearer …"}.',
    ),
    _part(
        "connect-last",
        "No action follows a connect to a WebSocket",
        "the connect as the last action",
        section="2.3",
        fix="Move the action before the connect, or answer the event of the socket's end with it.",
    ),
]
