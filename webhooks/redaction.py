"""Keeps only the known, harmless parts of outside text for the log."""

from __future__ import annotations

import re

READ_CHARS = 2000  # limits the work that hostile text can cause
LOGGED_CHARS = 300

# The words of the platform's reasons, as documented and recorded, and of the NCCOs that they mention.
KNOWN_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a already an and are at be been by can cannot could did does expected for from has hung in invalid is it its
        limit malformed maximum minimum missing must no normal not of off on or out required should size the time to
        too unexpected unknown unsupported up value was when while with without account action actions address
        answer answered application array audio authentication authorization available bad bargein boolean broke
        body bridge busy bytes call callee caller cancelled certificate channel client close closed closing code
        codec completed conflict connect connection content conversation count custom declined destination detail
        disconnected disconnect dns domain dtmf duration empty end ended endonsilence endpoint error event
        eventmethod events eventtype eventurl exceeded expired failed failure field fields forbidden format found
        frame gateway handshake header headers host http https human id input integer internal invalid json key
        language leg length level long loop machine many media message method ncco network notify number object
        payload peer permission platform play premium property protocol provider proxy quota range rate reachable
        reached record recording refused reject rejected remote request requested requests reset resource response
        restricted ringing route seconds secure server service short signature sip socket speech ssl started state
        status stream streamurl string style switching syntax talk temporarily terminated text throttled timed
        timeout timeouts tls token transcribed transcription transfer trunk type unable unallocated unanswered
        unauthorized unavailable unreachable upgrade uri url user uuid vbc voice wait webhook websocket ws wss
        """,
    )
)
_WORD = re.compile(r"[^\W_]+")
_UNKNOWN_WORDS = re.compile(r"…(?:\s+…)+")

_SECRETS = re.compile(
    r"\?[^\s\"'<>]+"  # the query of a URL
    r"|#[^\s\"'<>]+"  # its fragment
    r"|(?<=//)[^\s/@]+(?=@)"  # its user and password
    r"|\bBearer\s+\S+|eyJ[\w.%-]+"  # a token, or a part of one
    # A phone number; in a URL, any of its characters may be percent-encoded.
    r"|\+?(?:\d|%3\d)(?:(?:[\s()./_-]|%2[0-9A-Fa-f]){0,2}(?:\d|%3\d)){5,}"
)
# gunicorn's lines about a request that it can't serve quote the request after these words.
_QUOTING = re.compile(r"(Invalid request from ip=\S*: [A-Za-z ]*|Error handling request).*", re.DOTALL)


def known_words(text: str | None) -> str | None:
    """Return the text with `…` in place of every word that the platform's messages don't use, cut to 300 characters.

    A number stays if it is the only one and has at most three digits, like a status.
    """
    if text is None:
        return None
    text = text[:READ_CHARS]
    numbers = re.findall(r"[0-9]+", text)
    harmless = KNOWN_WORDS | ({numbers[0]} if len(numbers) == 1 and len(numbers[0]) <= 3 else set())
    words = [word if {part.lower() for part in _WORD.findall(word)} <= harmless else "…" for word in text.split()]
    return _UNKNOWN_WORDS.sub("…", " ".join(words))[:LOGGED_CHARS]


def redact_gunicorn(text: str) -> str:
    """Return a gunicorn message without the quoted request, URL queries, tokens and phone numbers."""
    match = _QUOTING.fullmatch(text)
    return _SECRETS.sub("…", (match[1].rstrip() if match else text)[:READ_CHARS])[:LOGGED_CHARS]
