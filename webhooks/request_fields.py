"""Reads the fields of a webhook request: query parameters or a JSON body."""

from __future__ import annotations

import json

from flask import Request
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]
from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestEntityTooLarge, UnsupportedMediaType

from webhooks.fields import Fields

MAX_BODY_BYTES = 64 * 1024


def read_fields(request: Request) -> Fields:
    """Return the query parameters of a GET, or the JSON object in a POST's body.

    A repeated parameter becomes a list unless its values are equal. Raises BadRequest, RequestEntityTooLarge or
    UnsupportedMediaType; each says what is wrong with the request.
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
    # Werkzeug silently truncates a chunked body at this limit; one extra byte shows that the body is too large.
    request.max_content_length = MAX_BODY_BYTES + 1
    try:
        body = request.get_data()
    except (ParseException, ClientDisconnected) as error:
        raise BadRequest("the body broke off or is badly chunked; send it again") from error
    if len(body) > MAX_BODY_BYTES:
        raise RequestEntityTooLarge
    return body


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
