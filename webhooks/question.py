"""The platform's question what to do with a call."""

from __future__ import annotations

from dataclasses import dataclass

from webhooks.fields import Fields, identifier, text


@dataclass(frozen=True)
class Question:
    """What the answer webhook is told about a call; any of it may be missing (platform.md, "A call", 1)."""

    to: str | None = None  # the called number
    uuid: str | None = None
    conversation_uuid: str | None = None


def parse_question(fields: Fields) -> Question:
    """Return the question in a request's fields, unknown ones ignored; raises BadRequest naming a malformed field."""
    text(fields, "from")  # checked like the others, never used: a caller's number must not get into an NCCO
    return Question(
        to=text(fields, "to"),
        uuid=identifier(fields, "uuid"),
        conversation_uuid=identifier(fields, "conversation_uuid"),
    )
