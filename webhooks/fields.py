"""The fields of a webhook request: its query parameters, or its JSON body."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from flask import Request
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]
from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestEntityTooLarge, UnsupportedMediaType

Fields = Mapping[str, object]

MAX_BODY_BYTES = 64 * 1024
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,100}")
_KINDS = {bool: "boolean", int: "number", float: "number", list: "array", dict: "object", str: "malformed text"}


def read_fields(request: Request) -> Fields:
    """Return the query parameters of a GET, or the JSON object in a POST's body.

    A repeated parameter gives a list, unless it has the same value each time. Raises BadRequest, RequestEntityTooLarge
    or UnsupportedMediaType; each says what is wrong with the request.
    """
    if request.method == "POST":
        return _json_object(request)
    try:
        parameters = request.args.lists()
    except UnicodeDecodeError as error:
        raise BadRequest("the query has bytes outside ASCII; percent-encode them") from error
    return {name: values[0] if len(set(values)) == 1 else values for name, values in parameters}


def read_body(request: Request) -> bytes:
    """Return the body; a second call returns the same bytes.

    Raises BadRequest if the body breaks off, RequestEntityTooLarge over 64 KiB.
    """
    # Werkzeug silently cuts a chunked body at this limit; one byte more than allowed shows that the body is too large.
    request.max_content_length = MAX_BODY_BYTES + 1
    try:
        body = request.get_data()
    except (ParseException, ClientDisconnected) as error:
        raise BadRequest("the body broke off or is badly chunked; send it again") from error
    if len(body) > MAX_BODY_BYTES:
        raise RequestEntityTooLarge
    return body


def read_text(fields: Fields, name: str) -> str | None:
    """Return a text field; None if it is missing, empty or no text."""
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
    """Return the known fields that can't be used, each with its kind; no value, for a value may be a secret."""
    unusable = {name: fields[name] for name, read in _READERS.items() if name in fields and read(fields, name) is None}
    headers = fields.get("headers")
    if isinstance(headers, dict) and read_identifier(headers, "call_uuid") is None:
        unusable["headers.call_uuid"] = headers.get("call_uuid")
    return {name: _KINDS[type(value)] for name, value in unusable.items() if value not in (None, "")}


def _json_object(request: Request) -> Fields:
    body = read_body(request)
    if not body:
        raise BadRequest("the body is empty; send a JSON object, or use GET with query parameters")
    if not request.is_json:
        raise UnsupportedMediaType("the body must be JSON; send it with Content-Type: application/json")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body is not valid JSON; send one JSON object in UTF-8") from error
    if not isinstance(document, dict):
        raise BadRequest("the body must be a JSON object, such as {}")
    return document
