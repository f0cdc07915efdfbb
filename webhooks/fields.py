"""Reads single fields of the platform's requests; a field that can't be used counts as missing."""

from __future__ import annotations

import re
from collections.abc import Mapping

Fields = Mapping[str, object]

_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,100}")
_KINDS = {bool: "boolean", int: "number", float: "number", list: "array", dict: "object", str: "malformed text"}


def read_text(fields: Fields, name: str) -> str | None:
    """Return a text field; None if it is missing, empty or not text."""
    value = fields.get(name)
    return value if isinstance(value, str) and value else None


def read_number(fields: Fields, name: str) -> str | None:
    """Return a phone number or a URI, which may be a number in JSON; None if it is missing, empty or neither."""
    value = fields.get(name)
    return str(value) if type(value) is int else read_text(fields, name)


def read_identifier(fields: Fields, name: str) -> str | None:
    """Return an identifier such as a uuid; None unless it is 1 to 100 letters, digits, hyphens or underscores."""
    value = read_text(fields, name)
    return value if value is not None and _IDENTIFIER.fullmatch(value) else None


_READERS = {
    "from": read_number,
    "to": read_number,
    "status": read_text,
    "reason": read_text,
    "uuid": read_identifier,
    "conversation_uuid": read_identifier,
}


def unusable_fields(fields: Fields) -> dict[str, str]:
    """Return the known fields that can't be used, each with its type; never the value, which may be a secret."""
    unusable = {name: fields[name] for name, read in _READERS.items() if name in fields and read(fields, name) is None}
    return {name: _KINDS[type(value)] for name, value in unusable.items() if value not in (None, "")}
