from __future__ import annotations

import pytest

from webhooks.fields import read_identifier, read_number, read_text, unusable_fields


@pytest.mark.parametrize(
    ("value", "text", "identifier", "number"),
    [
        (None, None, None, None),
        ("", None, None, None),
        *((value, None, None, None) for value in (1.5, True, [], ["a"], {"a": "b"})),
        (447700900001, None, None, "447700900001"),
        *((name, name, name, name) for name in ("63f61863-4a51-4f6b-86e1-46edebcf9356", "CON-1", "a" * 100)),
        *((name, name, None, name) for name in ("a" * 101, "a b", "a\x00", "a\n", "é", "../a", '"', "\ud800")),
    ],
)
def test_what_a_field_is_read_as(value: object, text: str | None, identifier: str | None, number: str | None) -> None:
    fields = {"uuid": value}
    assert (read_text(fields, "uuid"), read_identifier(fields, "uuid"), read_number(fields, "uuid")) == (
        text, identifier, number,
    )  # fmt: skip


def test_unusable_fields_are_shown_by_name_and_kind() -> None:
    fields = {
        "from": {"number": "447700900001"},
        "to": True,
        "status": ["failed", "busy"],
        "reason": 4.5,
        "uuid": "447 700",
        "conversation_uuid": 447700900001,
        "unknown": 7,
    }
    assert unusable_fields(fields) == {
        "from": "object",
        "to": "boolean",
        "status": "array",
        "reason": "number",
        "uuid": "malformed text",
        "conversation_uuid": "number",
    }
    assert unusable_fields({"uuid": "", "to": None, "from": 447700900001}) == {}
