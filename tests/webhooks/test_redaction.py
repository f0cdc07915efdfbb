from __future__ import annotations

import pytest

from webhooks.redaction import redact, redact_gunicorn


@pytest.mark.parametrize(
    ("text", "logged"),
    [
        ("Syntax error in NCCO. Invalid value type or action.", "Syntax error in NCCO. Invalid value type or action."),
        ("wss://host/socket?token=abc&x=1 refused", "wss://host/socket… refused"),
        ("https://user:secret@host/a#b", "https://…@host/a…"),
        ("call from +447700900002 failed", "call from … failed"),
        ("call from +44 (7700) 900-002 failed", "call from … failed"),
        ("Authorization: Bearer abc.def", "Authorization: …"),
        ("token eyJhbGciOi.eyJpYXQ.c2ln expired", "token … expired"),
        ("a part eyJhbGciOi of a token", "a part … of a token"),
        ("https://host/socket/eyJhbGciOi%2EeyJpYXQ%2Ec2ln failed", "https://host/socket/… failed"),
        ("call from 447-700-900-002 failed", "call from … failed"),
        ("call from 447_700/900_002 failed", "call from … failed"),
        ("call from %2B447%20700%2D900%20002 failed", "call from %2B… failed"),
        ("call from %34%34%37%37%30%30 failed", "call from … failed"),
        ("code 503 after 10000 ms", "code 503 after 10000 ms"),
        ("why?", "why?"),
        ("x" * 400, "x" * 300),
        (None, None),
    ],
)
def test_redacted(text: str | None, logged: str | None) -> None:
    assert redact(text) == logged


@pytest.mark.parametrize(
    ("text", "logged"),
    [
        ("Invalid request from ip=::1: Invalid HTTP request line: 'GET /a b c'", "Invalid HTTP request line"),
        ("Invalid request from ip=::1: Invalid HTTP Header: 'HOST A B'", "Invalid HTTP Header"),
        ("Invalid request from ip=::1: Request Line is too large (9000 > 8190)", "Request Line is too large"),
        (
            "Invalid request from ip=::1: Unable to comply with expectation: me@home",
            "Unable to comply with expectation",
        ),
    ],
)
def test_gunicorn_quotes_no_request(text: str, logged: str) -> None:
    assert redact_gunicorn(text) == f"Invalid request from ip=::1: {logged}"


def test_other_words_of_gunicorn_stay() -> None:
    assert redact_gunicorn("Error handling request GET /made/up\n") == "Error handling request"
    assert redact_gunicorn("WORKER TIMEOUT (pid:12)") == "WORKER TIMEOUT (pid:12)"
