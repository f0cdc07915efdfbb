from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identifier import WITHHELD, loggable
from tests.harness.forge import OTHER_SECRET, SOCKET_SECRET, socket_token


@pytest.mark.parametrize(
    "identifier",
    [
        "63f61863-4a51-4f6b-86e1-46edebcf9356",
        "63F618634A514F6B86E146EDEBCF9356",
        "CON-63f61863-4a51-4f6b-86e1-46edebcf9356",
        "u-1",
        "c_99999",
        "CON-1",
        "x" * 24,
    ],
)
def test_shown(identifier: str) -> None:
    assert loggable(identifier) == identifier


def test_any_uuid_of_the_platform_is_shown() -> None:
    uuids = [str(uuid4()) for _ in range(100)]
    names = [*uuids, *(uuid.replace("-", "") for uuid in uuids), *(f"CON-{uuid}" for uuid in uuids)]
    assert [loggable(name) for name in names] == names


@pytest.mark.parametrize(
    "identifier",
    [
        "447700900777",
        "447-700-900-777",
        "tel-44_7700-900777",
        "4-4-7-7-0-0",
        "44770090077744207946088800000000",  # two numbers, as long as a uuid
        "CON-44770090-0777-4420-7946-088800000000",
        "63f61863-4a51-4f6b-86e1-46edebcf9356-447700900777",
        socket_token(),
        socket_token().partition(".")[0],
        "eyJhbGciOiJI",
        SOCKET_SECRET,
        OTHER_SECRET[:32],
        "x" * 25,
        "a b",
        "a\nb",
        "u-1\n",
        "wss://host/socket?x",
        "é",
        "\u0664\u0664\u0667",  # digits, but not ASCII
    ],
)
def test_withheld(identifier: str) -> None:
    assert loggable(identifier) == WITHHELD


@pytest.mark.parametrize("identifier", [None, ""])
def test_nothing_stays_nothing(identifier: str | None) -> None:
    assert loggable(identifier) is None


@given(st.text("0123456789-_", min_size=1, max_size=40))
def test_no_number_is_shown(text: str) -> None:
    digits = sum(character.isdigit() for character in text)
    assert (loggable(text) == text) is (digits < 6 and len(text) <= 24)
