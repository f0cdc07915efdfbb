"""The shortening of secrets in what is recorded."""

from __future__ import annotations

import math
import re
from typing import Any
from urllib.parse import unquote

from .foreign_text import read_json

SHOWN_CHARACTERS = 6
MOST_CHARACTERS = 20_000  # of a text
DEEPEST = 32  # levels of JSON; an NCCO has six

SECRET_NAME = re.compile(
    r"authori[sz]ation|token|secret|signature|passw|credential|cookie|jwt|api[-_]?key|(^|[-_])(key|sig|auth)$",
    re.IGNORECASE,
)
# A token that stands anywhere: after its scheme, or by the form of a JWT.
TOKEN = re.compile(r"\b(Bearer|Basic)\s+([A-Za-z0-9._~+/=-]+)|\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?")
# Of a URL: its user and password, and each parameter of its query.
USER = re.compile(r"^(\w+://)[^/?#@]*@")
PARAMETER = re.compile(r"([?&;])([^=&;#]+)=([^&;#]*)")
URL = re.compile(r"\b(?:https?|wss?)://[^\s\"'<>\\]+")


def shorten(secret: str) -> str:
    """Return the first characters of a secret, never more than half of it."""
    return f"{secret[: min(SHOWN_CHARACTERS, len(secret) // 2)]}…"


def redact(value: Any, depth: int = 0) -> Any:
    """Return JSON with every secret in it shortened: by the name of its field, or by its own form.

    The result is JSON for any browser: it is not nested without end, and NaN, which is no JSON, is a text.
    """
    match value:
        case dict() | list() | tuple() if depth == DEEPEST:
            return "…"
        case dict():
            return {
                name: _hide(each, depth + 1) if SECRET_NAME.search(str(name)) else redact(each, depth + 1)
                for name, each in value.items()
            }
        case list() | tuple():
            return [redact(each, depth + 1) for each in value]
        case str():
            return redact_text(value)
        case float() if not math.isfinite(value):
            return str(value)
    return value


def json_or_text(body: str) -> Any:
    """Return a body as JSON, or as text if it is none, or too long to be shown whole."""
    try:
        return read_json(body) if len(body) <= MOST_CHARACTERS else body
    except ValueError:
        return body


def redact_text(text: str) -> str:
    """Return text with the tokens and the secrets in its URLs shortened, cut off if it is long."""
    text = TOKEN.sub(_shorten_token, URL.sub(lambda match: _redact_url(match[0]), text))
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}… ({len(text)} characters)"


def _hide(value: Any, depth: int) -> Any:
    """Return the value of a field whose name says that it is secret."""
    match value:
        case dict() | list() | tuple() if depth == DEEPEST:
            return "…"
        case dict():  # an NCCO's authorization: its type is no secret
            return {
                name: redact(each, depth + 1) if name == "type" else _hide(each, depth + 1)
                for name, each in value.items()
            }
        case list() | tuple():
            return [_hide(each, depth + 1) for each in value]
        case str():
            scheme, space, rest = value.partition(" ")
            return f"{scheme} {shorten(rest)}" if space and scheme in ("Bearer", "Basic") else shorten(value)
        case None | bool():
            return value
    return shorten(str(value))


def _shorten_token(match: re.Match[str]) -> str:
    return f"{match[1]} {shorten(match[2])}" if match[1] else shorten(match[0])


def _redact_url(url: str) -> str:
    return PARAMETER.sub(_shorten_parameter, USER.sub(r"\1…@", url))


def _shorten_parameter(match: re.Match[str]) -> str:
    name, value = match[2], match[3]
    return f"{match[1]}{name}={shorten(value) if SECRET_NAME.search(unquote(name)) else value}"
