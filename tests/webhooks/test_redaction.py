from __future__ import annotations

import pytest

from webhooks.redaction import known_words, redact_gunicorn


@pytest.mark.parametrize(
    ("text", "logged"),
    [
        ("Syntax error in NCCO. Invalid value type or action.", "Syntax error in NCCO. Invalid value type or action."),
        ("NCCO from Jane Doe, of Acme: invalid `eventUrl`", "NCCO from … of … invalid `eventUrl`"),
        ("wss://host/socket?token=abc&x=1 refused", "… refused"),
        ("call from +44 (7700) 900-002 failed", "call from … failed"),
        ("call from 447 700 900 002 failed", "call from … failed"),
        ("call from %34%34%37%37%30%30 failed", "call from … failed"),
        ("Authorization: Bearer abc.def, eyJhbGciOi.eyJpYXQ.c2ln", "Authorization: …"),
        ("code 503, unavailable", "code 503, unavailable"),
        ("code 503 after 10000 ms", "code …"),
        ("unexpected frame size 160, when required 320", "unexpected frame size … when required …"),
        ("Größe ٥٠٣", "…"),
        ("busy " * 100, ("busy " * 100)[:300]),
        ("", ""),
        (None, None),
    ],
)
def test_only_words_of_the_platforms_own_messages_are_known(text: str | None, logged: str | None) -> None:
    assert known_words(text) == logged


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


@pytest.mark.parametrize(
    "secret",
    [
        "?token=abc",
        "+44 (7700) 900-002",
        "447_700/900_002",
        "%2B447%20700%2D900%20002",
        "Bearer abc.def",
        "eyJhbGciOi%2EeyJ",
    ],
)
def test_what_gunicorn_says_of_itself_has_no_secret(secret: str) -> None:
    assert "…" in redact_gunicorn(f"Socket error: {secret} at 503")
    assert secret not in redact_gunicorn(f"Socket error: {secret} at 503")


def test_other_words_of_gunicorn_stay() -> None:
    assert redact_gunicorn("Error handling request GET /made/up\n") == "Error handling request"
    assert redact_gunicorn("WORKER TIMEOUT (pid:12)") == "WORKER TIMEOUT (pid:12)"
