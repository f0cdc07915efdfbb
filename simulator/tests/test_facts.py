from __future__ import annotations

import pytest

from voice_simulator.facts import UnknownSectionError, contents, section


def test_a_section_has_its_subsections_and_nothing_of_the_next() -> None:
    assert section("3.7").startswith("### 3.7 The play-out queue\n")
    assert "3.8" not in section("3.7").splitlines()[-1]
    assert "### 3.8 Hanging up" in section("3")
    assert "## 4 " not in section("3")


def test_every_section_is_in_the_contents_and_can_be_printed() -> None:
    numbers = [line.split()[0] for line in contents().splitlines()]
    assert numbers[:3] == ["1", "2", "2.1"]
    assert all(len(section(number).splitlines()) > 1 for number in numbers)


@pytest.mark.parametrize("number", ["3.77", "3.", "x", "1 The"])
def test_an_unknown_section_says_which_there_are(number: str) -> None:
    with pytest.raises(UnknownSectionError, match=r"(?s)has no section .*\n  3\.7 The play-out queue"):
        section(number)
