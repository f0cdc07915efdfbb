from __future__ import annotations

import pytest

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
@pytest.mark.parametrize("value", [["a", "b"], {"a": "b"}, True])
def test_a_field_of_the_wrong_type_counts_as_missing(name: str, value: object) -> None:
    call = parse_incoming_call({name: value})
    assert (call.to, call.conversation_uuid) == (None, None)
    assert call.uuid


def test_the_called_number_may_be_a_number() -> None:
    assert parse_incoming_call({"to": 442079460000, "from": 447700900001}).to == "442079460000"


def test_a_malformed_uuid_counts_as_missing() -> None:
    call = parse_incoming_call({"uuid": "a b", "conversation_uuid": 7})
    assert len(call.uuid) == 36
    assert call.conversation_uuid is None
