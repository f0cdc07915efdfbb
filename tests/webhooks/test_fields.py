from __future__ import annotations

import pytest

from webhooks.fields import Fields, read_identifier, read_number, read_text, unusable_fields


@pytest.mark.parametrize("value", [None, ""])
def test_nothing_in_a_field(value: object) -> None:
    assert read_text({"uuid": value}, "uuid") is None
    assert read_identifier({"uuid": value}, "uuid") is None
    assert read_text({}, "uuid") is None


@pytest.mark.parametrize("value", [1, 1.5, True, False, [], ["a"], {}, {"a": "b"}])
def test_field_of_a_wrong_type(value: object) -> None:
    assert read_text({"uuid": value}, "uuid") is None
    assert read_identifier({"uuid": value}, "uuid") is None


@pytest.mark.parametrize(
    "value", ["63f61863-4a51-4f6b-86e1-46edebcf9356", "63f618634a514f6b86e146edebcf9356", "CON-1", "a" * 100]
)
def test_identifier(value: str) -> None:
    assert read_identifier({"uuid": value}, "uuid") == value


@pytest.mark.parametrize("value", ["a" * 101, "a b", "a\x00", "a\n", "é", "../a", "<a>", '"', "\ud800", " "])
def test_malformed_identifier(value: str) -> None:
    assert read_identifier({"conversation_uuid": value}, "conversation_uuid") is None


@pytest.mark.parametrize(
    ("value", "number"),
    [("447700900001", "447700900001"), (447700900001, "447700900001"), (True, None), (4.5, None), (["4"], None)],
)
def test_number(value: object, number: str | None) -> None:
    assert read_number({"to": value}, "to") == number


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


@pytest.mark.parametrize("fields", [{}, {"uuid": "", "to": None}, {"to": 447700900001}])
def test_usable_and_missing_fields_are_not_shown(fields: Fields) -> None:
    assert unusable_fields(fields) == {}
