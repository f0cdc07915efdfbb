"""The pictures of the phone can be taken, as wide as those in docs/."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.harness.process import ROOT
from tests.system.browser.pictures import (
    DARK,
    LIGHT,
    MOST_BYTES,
    MOVING,
    NARROW_NAME,
    take_moving_picture,
    take_pictures,
)


def test_the_pictures_are_taken_again_as_they_are_in_docs(browser: Browser, echo_phone: str, tmp_path: Path) -> None:
    take_pictures(browser, echo_phone, tmp_path)
    take_moving_picture(browser, echo_phone, tmp_path / MOVING)
    for name in (LIGHT, DARK, NARROW_NAME, MOVING):
        with Image.open(tmp_path / name) as taken, Image.open(ROOT / "simulator" / "docs" / name) as kept:
            assert taken.size == kept.size
    assert (tmp_path / MOVING).stat().st_size < MOST_BYTES
