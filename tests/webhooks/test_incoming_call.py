from __future__ import annotations

import pytest
from werkzeug.exceptions import BadRequest

from webhooks.incoming_call import Question, parse_question


def test_everything_known() -> None:
    fields = {
        "from": "447700900002",
        "to": "447700900001",
        "uuid": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
        "conversation_uuid": "CON-aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
        "region_url": "https://api-eu.vonage.com",
        "SipHeader_X-Custom": ["twice", "given"],
        "custom_data": {"any": "thing"},
    }
    assert parse_question(fields) == Question(
        to="447700900001",
        uuid="aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
        conversation_uuid="CON-aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
    )


@pytest.mark.parametrize("fields", [{}, {"from": "anonymous", "to": None, "uuid": ""}])
def test_nothing_known(fields: dict[str, object]) -> None:
    first, second = parse_question(fields), parse_question(fields)
    assert (first.to, first.conversation_uuid) == (None, None)
    assert len({first.uuid, second.uuid}) == 2  # each call has a name of its own


@pytest.mark.parametrize("name", ["from", "to", "uuid", "conversation_uuid"])
@pytest.mark.parametrize("value", [447700900001, ["a", "b"], {"a": "b"}, True])
def test_wrong_type(name: str, value: object) -> None:
    with pytest.raises(BadRequest, match=f"^400 Bad Request: {name} must be"):
        parse_question({name: value})
