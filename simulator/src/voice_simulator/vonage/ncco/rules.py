"""The rules of an NCCO, by the ids that `call`, the phone and `check` name (platform.md, 2), and what breaks them."""

from __future__ import annotations

from typing import NamedTuple

SHAPE = "ncco.shape"  # the rule of whatever has no rule of its own
SHAPE_SECTION = "2.1"


class Diagnostic(NamedTuple):
    """A broken rule, or an oddity that the platform takes or may take; `section` is one of the platform facts."""

    rule: str
    sentence: str  # what came, where, and what it must be
    section: str
    breaks_rule: bool = True

    def __str__(self) -> str:
        return f"{self.sentence} ({self.rule}; platform.md, {self.section})"


class NccoRule(NamedTuple):
    """A rule: its id, what must hold, what is expected, its section, and what to do where it doesn't hold."""

    id: str
    title: str
    expected: str
    section: str
    fix: str


# fmt: off
NCCO_RULES = (
    NccoRule(SHAPE, "The answer is an array of actions that the platform knows, with their fields",
             "status 200, Content-Type application/json, and a JSON array of known actions", SHAPE_SECTION,
             "Return a list of actions as JSON; the sentence names the field that is wrong."),
    NccoRule("ncco.talk-text", "A talk has 1 to 1500 characters", "a text of 1 to 1500 characters", "2.2",
             "Shorten the text, or speak it in several talks."),
    NccoRule("ncco.from-not-caller", "A connect's `from` is not the caller's number",
             "a number of the account, or no `from`", "2.3", "Use the dialled number (`to`), or leave `from` out."),
    NccoRule("ncco.from-number", "A connect's `from` is a number in E.164 without +",
             "7 to 15 digits, or no `from`", "2.3",
             "Write the number as 7 to 15 digits, without + and spaces, or leave `from` out."),
    NccoRule("ncco.one-endpoint", "A connect has exactly one endpoint, in an array", "an array of one object", "2.3",
             'Write "endpoint": [{…}], with one object in it.'),
    NccoRule("ncco.times", "A connect's `timeout` and `limit` are whole seconds that the platform takes",
             "whole numbers from 1 to 7200", "2.3", "Give whole numbers of seconds, from 1 to 7200."),
    NccoRule("ncco.absolute-urls", "URLs are absolute, those of events in an array", "absolute URLs", "2.3",
             'Write whole URLs: "uri": "wss://HOST/…", "eventUrl": ["https://HOST/…"].'),
    NccoRule("ncco.wss", "The socket is wss:// where the webhook is https://", "wss://", "2.3",
             "Behind a proxy, take the scheme from X-Forwarded-Proto, or set the public address."),
    NccoRule("ncco.audio-format", "The audio is linear PCM of 8, 16 or 24 kHz",
             "audio/l16;rate=8000, 16000 or 24000", "2.3", 'Write "content-type": "audio/l16;rate=16000".'),
    NccoRule("ncco.headers-size", "The socket's headers take at most 512 bytes as JSON", "at most 512 bytes", "2.3",
             "Pass an identifier in `headers`, and keep the rest at the server."),
    NccoRule("ncco.headers-names", "No header of the socket is named `event` or `content-type`", "other names", "2.3",
             "Rename the header: the first message has fields of these names already."),
    NccoRule("ncco.authorization", "The socket's authorization is one that the platform can send",
             "type vonage, or type custom with a value of 1 to 8191 printable ASCII characters", "2.3",
             'Write "authorization": {"type": "custom", "value": "Bearer …"}.'),
    NccoRule("ncco.connect-last", "No action follows a connect to a WebSocket", "the connect as the last action", "2.3",
             "Move the action before the connect, or answer the event of the socket's end with it."),
)
# fmt: on
