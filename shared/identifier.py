"""Call ids, such as a uuid, and which of them a log may show: strangers can send anything as an id."""

from __future__ import annotations

import re

WITHHELD = "withheld"  # logged in place of an id that could be a secret

# The platform's: a uuid with or without dashes, or with `CON-` before it.
_UUID = re.compile(r"(?:CON-)?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)
# Any other id is short (secrets have at least 32 characters), without the start of a token, and without a phone number:
# six or more digits, with or without hyphens.
_SHORT_NAME = re.compile(r"(?!.*eyJ)(?!.*[0-9](?:[-_]*[0-9]){5})[A-Za-z0-9_-]{1,24}")


def loggable(identifier: str | None) -> str | None:
    """Return a call's id if a log may show it, otherwise "withheld"; None for a missing or empty id."""
    if not identifier:
        return None
    # A uuid without a letter is 32 digits: one in three million uuids, or two phone numbers.
    if _UUID.fullmatch(identifier) and re.search("[a-f]", identifier.removeprefix("CON-"), re.IGNORECASE):
        return identifier
    return identifier if _SHORT_NAME.fullmatch(identifier) else WITHHELD
