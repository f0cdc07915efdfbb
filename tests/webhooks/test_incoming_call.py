from __future__ import annotations

import pytest
from werkzeug.exceptions import BadRequest

from webhooks.incoming_call import IncomingCall, parse_incoming_call


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
    assert parse_incoming_call(fields) == IncomingCall(
        to="447700900001",
        uuid="aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
        conversation_uuid="CON-aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
    )


@pytest.mark.parametrize("fields", [{}, {"from": "anonymous", "to": None, "uuid": ""}])
def test_nothing_known(fields: dict[str, object]) -> None:
    first, second = parse_incoming_call(fields), parse_incoming_call(fields)
    assert (first.to, first.conversation_uuid) == (None, None)
    assert len({first.uuid, second.uuid}) == 2  # each call has a name of its own


@pytest.mark.parametrize("name", ["from", "to", "uuid", "conversation_uuid"])
@pytest.mark.parametrize("value", [447700900001, ["a", "b"], {"a": "b"}, True])
def test_wrong_type(name: str, value: object) -> None:
    with pytest.raises(BadRequest, match=f"^400 Bad Request: {name} must be"):
        parse_incoming_call({name: value})
