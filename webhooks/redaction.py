"""Takes out of a text from outside what no log may hold."""

from __future__ import annotations

import re

READ_CHARS = 2000  # bounds the work that a hostile text can make
LOGGED_CHARS = 300

_SECRETS = re.compile(
    r"\?[^\s\"'<>]+"  # the query of a URL
    r"|#[^\s\"'<>]+"  # its fragment
    r"|(?<=//)[^\s/@]+(?=@)"  # its user and password
    r"|\bBearer\s+\S+|eyJ[\w.%-]+"  # a token, or a part of one
    # A phone number; in a URL, any of its characters may be percent-encoded.
    r"|\+?(?:\d|%3\d)(?:(?:[\s()./_-]|%2[0-9A-Fa-f]){0,2}(?:\d|%3\d)){5,}"
)
# gunicorn's lines about a request that it can't serve quote the request behind these words.
_QUOTING = re.compile(r"(Invalid request from ip=\S*: [A-Za-z ]*|Error handling request).*", re.DOTALL)


def redact(text: str | None) -> str | None:
    """Return the text with URL queries, tokens and phone numbers replaced by `…`, cut to 300 characters."""
    if text is None:
        return None
    return _SECRETS.sub("…", text[:READ_CHARS])[:LOGGED_CHARS]


def redact_gunicorn(text: str) -> str:
    """Return a message of gunicorn without the request that it quotes, and redacted like other texts."""
    match = _QUOTING.fullmatch(text)
    return str(redact(match[1].rstrip() if match else text))
