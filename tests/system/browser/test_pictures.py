"""The pictures of the phone can be taken, and those in docs/ have the same size as what is taken now."""

from __future__ import annotations

import struct
from pathlib import Path

from playwright.sync_api import Browser

from tests.harness.process import ROOT
from tests.system.browser.pictures import NAMES, WIDE, take_pictures


def width_of(picture: Path) -> int:
    """Return the width that a PNG file's header tells."""
    width: int = struct.unpack(">I", picture.read_bytes()[16:20])[0]
    return width


def test_the_pictures_are_taken_again_as_they_are_in_docs(browser: Browser, echo_phone: str, tmp_path: Path) -> None:
    take_pictures(browser, echo_phone, tmp_path)
    assert [width_of(tmp_path / name) for name in NAMES] == [
        width_of(ROOT / "simulator" / "docs" / name) for name in NAMES
    ]
    assert width_of(tmp_path / NAMES[0]) == WIDE["width"]
