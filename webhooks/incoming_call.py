"""The platform's question what to do with a call."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from webhooks.fields import Fields, identifier, text


@dataclass(frozen=True)
class Question:
    """What the answer webhook is told about a call; any of it may be missing (platform.md, "A call", 1)."""

    uuid: str  # a call that comes without one gets one, so that both processes' logs name it alike
    conversation_uuid: str | None = None
    to: str | None = None  # the called number


def parse_question(fields: Fields) -> Question:
    """Return the question in a request's fields, unknown ones ignored; raises BadRequest naming a malformed field."""
    text(fields, "from")  # checked like the others, never used: a caller's number must not get into an NCCO
    return Question(
        uuid=identifier(fields, "uuid") or str(uuid4()),
        conversation_uuid=identifier(fields, "conversation_uuid"),
        to=text(fields, "to"),
    )
