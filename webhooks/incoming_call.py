"""The call that the platform asks the answer webhook about."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from webhooks.fields import Fields, read_identifier, read_number


@dataclass(frozen=True)
class IncomingCall:
    """What the platform tells about a call; any field may be missing from its request (platform.md, 1)."""

    uuid: str  # made up for a call that comes without one, so that the logs of both processes name it alike
    conversation_uuid: str | None = None
    to: str | None = None  # the called number


def parse_incoming_call(fields: Fields) -> IncomingCall:
    """Return the call in a request's fields; fields that can't be used count as missing, and `from` is never used."""
    return IncomingCall(
        uuid=read_identifier(fields, "uuid") or str(uuid4()),
        conversation_uuid=read_identifier(fields, "conversation_uuid"),
        to=read_number(fields, "to"),
    )
