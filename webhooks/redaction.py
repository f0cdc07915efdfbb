"""Takes out of a text from outside what no log may hold."""

from __future__ import annotations

import re

READ_CHARS = 2000  # bounds the work that a hostile text can make
LOGGED_CHARS = 300

_SECRETS = re.compile(
    r"\?[^\s\"'<>]+"  # the query of a URL
    r"|#[^\s\"'<>]+"  # its fragment
    r"|(?<=//)[^\s/@]+(?=@)"  # its user and password
    r"|\bBearer\s+\S+|\beyJ[\w-]+\.[\w.-]+"  # a token
    r"|\+?\d(?:[\s().-]{0,2}\d){5,}"  # a phone number
)


def redact(text: str | None) -> str | None:
    """Return the text with URL queries, tokens and phone numbers replaced by `…`, cut to 300 characters."""
    if text is None:
        return None
    return _SECRETS.sub("…", text[:READ_CHARS])[:LOGGED_CHARS]
