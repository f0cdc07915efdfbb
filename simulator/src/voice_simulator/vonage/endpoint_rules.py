"""The platform's rules for the endpoints of a connect action (platform.md, 2.3 and 2.4)."""

from __future__ import annotations

from ..audio.format import CONTENT_TYPES
from .ncco_values import (
    ACCOUNT_NUMBER,
    ANY,
    NAME,
    OBJECT,
    STRING,
    URL,
    Fields,
    Rule,
    is_url,
    one_of,
    text,
)

WEBSOCKET = Fields(
    {
        "type": STRING,
        "uri": Rule(lambda value: is_url(value, {"ws", "wss"}), "an absolute wss:// (or ws://) URI without a fragment"),
        "content-type": one_of(*CONTENT_TYPES),
        "headers": OBJECT,
        "authorization": OBJECT,
    },
    required=frozenset({"type", "uri", "content-type"}),
)
PHONE = Fields(
    {
        "type": STRING,
        "number": ACCOUNT_NUMBER,
        "dtmfAnswer": text(r"[0-9*#pP]+", "keys: 0-9, *, #, and p for a pause"),
        "onAnswer": OBJECT,
        "shaken": STRING,
    },
    required=frozenset({"type", "number"}),
)
# A SIP endpoint has a URI, or a user and the domain that the account has set up.
SIP = Fields(
    {
        "type": STRING,
        "uri": text(r"sips?:[!-~]+", "a SIP URI like sip:user@host"),
        "user": NAME,
        "domain": NAME,
        "headers": OBJECT,
        "standardHeaders": OBJECT,
        "standard_headers": OBJECT,
        "onAnswer": OBJECT,
    },
    required=frozenset({"type"}),
)
APP = Fields({"type": STRING, "user": NAME, "onAnswer": OBJECT}, required=frozenset({"type", "user"}))
VBC = Fields(
    {"type": STRING, "extension": text(r"[0-9]+", "the digits of an extension, as a string"), "onAnswer": OBJECT},
    required=frozenset({"type", "extension"}),
)
ENDPOINTS = {"websocket": WEBSOCKET, "phone": PHONE, "sip": SIP, "app": APP, "vbc": VBC}

ON_ANSWER = Fields(
    {"url": URL, "ringback": URL, "ringbackTone": URL, "eventUrl": ANY, "eventMethod": ANY},
    required=frozenset({"url"}),
)

MAX_HEADERS_BYTES = 512
RESERVED_HEADERS = {"event", "content-type"}  # the first message of a socket has fields of these names

AUTHORIZATION_TYPES = ("custom", "vonage")
AUTHORIZATION_VALUE = text(r"[\x20-\x7e]{1,8191}", "1 to 8191 characters of printable ASCII")
