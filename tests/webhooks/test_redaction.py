from __future__ import annotations

import pytest

from webhooks.redaction import redact


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
        ("code 503 after 10000 ms", "code 503 after 10000 ms"),
        ("why?", "why?"),
        ("x" * 400, "x" * 300),
        (None, None),
    ],
)
def test_redacted(text: str | None, logged: str | None) -> None:
    assert redact(text) == logged
