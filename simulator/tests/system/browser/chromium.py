"""Debian's Chromium, as the tests start it: headless, with a microphone that plays a file, and no word to anybody."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright

NAME = "chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


def browser_problem() -> str:
    """Return why there is no browser, or an empty text."""
    return "" if shutil.which(NAME) else f"no {NAME} on PATH; install Debian's package {NAME}"


@contextmanager
def chromium(playwright: Playwright, speech: Path, *, refused: bool = False) -> Iterator[Browser]:
    """Run Chromium; its microphone says the speech of a WAV file once, unless the user refuses it."""
    device = "--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={speech}%noloop"
    answer = "--deny-permission-prompts" if refused else "--use-fake-ui-for-media-stream"
    flags = [*FLAGS, *device, answer]
    browser = playwright.chromium.launch(executable_path=shutil.which(NAME), args=flags)
    try:
        yield browser
    finally:
        browser.close()
