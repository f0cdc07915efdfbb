from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.test import create_environ

from webhooks.fields import Fields
from webhooks.request_fields import MAX_BODY_BYTES, read_fields


def get(query: str) -> Fields:
    return read_fields(Request(create_environ(query_string=query)))


def post(body: bytes, content_type: str | None = "application/json", **environ: Any) -> Fields:
    built = create_environ(method="POST", input_stream=io.BytesIO(body), content_type=content_type)
    return read_fields(Request(built | {"CONTENT_LENGTH": str(len(body))} | environ))


def test_query() -> None:
    assert get("uuid=a-1&from=%2B447700900001&custom=") == {"uuid": "a-1", "from": "+447700900001", "custom": ""}
    assert get("") == {}


def test_repeated_query_parameter_is_a_list() -> None:
    assert get("uuid=a&uuid=b") == {"uuid": ["a", "b"]}
    assert get("uuid=a&uuid=a") == {"uuid": "a"}


def test_query_that_is_no_utf8() -> None:
    assert set(get("uuid=%ff%fe&%80=x")) >= {"uuid"}
    with pytest.raises(BadRequest, match="percent-encode"):
        read_fields(Request(create_environ() | {"QUERY_STRING": "uuid=\x80"}))


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=utf-8", "application/vnd.x+json"]
)
def test_json(content_type: str) -> None:
    assert post('{"uuid": "a-1", "é": null}'.encode(), content_type) == {"uuid": "a-1", "é": None}


@pytest.mark.parametrize("content_type", [None, "", "text/plain", "application/x-www-form-urlencoded", "json", "\x00"])
def test_other_content_types(content_type: str | None) -> None:
    with pytest.raises(UnsupportedMediaType, match="Content-Type: application/json"):
        post(b"{}", content_type)


@pytest.mark.parametrize("content_type", [None, "application/json", "text/plain"])
def test_empty_body(content_type: str | None) -> None:
    with pytest.raises(BadRequest, match="empty"):
        post(b"", content_type)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'uuid': 1}",
        b"\x00",
        b'{"uuid": "\xff"}',
        b'{"uuid": "a"} {}',
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b'{"uuid": ' + b"9" * 5000 + b"}",
        b"\xff\xfe\x00",
    ],
)
def test_broken_json(body: bytes) -> None:
    with pytest.raises(BadRequest, match="not valid JSON"):
        post(body)


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"text"', b"true", b"NaN", b"[{}]"])
def test_json_that_is_no_object(body: bytes) -> None:
    with pytest.raises(BadRequest, match="must be a JSON object"):
        post(body)


def test_largest_body() -> None:
    body = b"{}".ljust(MAX_BODY_BYTES)
    assert post(body) == {}
    with pytest.raises(RequestEntityTooLarge):
        post(body + b" ")


def test_large_body_is_refused_by_its_length() -> None:
    with pytest.raises(RequestEntityTooLarge):
        post(b"", CONTENT_LENGTH="1000000")
