"""The phone's pictures in simulator/docs/: `python -m tests.system.browser.pictures` takes them again."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from simulator.tests.system.browser.chromium import chromium
from simulator.tests.system.browser.conftest import phone_server
from simulator.tests.system.browser.phone_page import DASH, PhonePage
from tests.harness.local_run import local_run
from tests.harness.process import ROOT
from voice_simulator.caller.speech import SAMPLE_FILE

WIDE, NARROW = ViewportSize(width=1280, height=1130), ViewportSize(width=420, height=1900)
DARK = "phone-dark.png"
NAMES = ("phone.png", "phone-narrow.png", DARK)


def take_pictures(browser: Browser, address: str, folder: Path) -> None:
    """Place a call with a stall, a key and a cut socket, and keep three pictures of it in a folder."""
    with browser.new_context(viewport=WIDE) as context:
        phone = PhonePage(context.new_page(), address)
        phone.open(voice="speech", volume="0.2")
        phone.call()
        phone.wait_for_frames(150)
        phone.button("Stall the network for 3 s").click()
        phone.wait_for_figure("Play-out lag", f"^{DASH}")
        phone.wait_for_frames(220)
        phone.page.keyboard.press("1")
        phone.wait_for_figure("Play-out lag", r"^1\d\d\d ")
        phone.wait_for_frames(300)
        phone.button("Cut the socket").click()
        phone.wait_for_entry("The call moved to another socket")
        phone.wait_for_frames(420)
        phone.entry("answer: GET /webhooks/answer").click()
        expect(phone.details).to_contain_text(re.compile("200 OK"))
        phone.page.screenshot(path=folder / NAMES[0], full_page=True)
        phone.page.emulate_media(color_scheme="dark")
        phone.page.screenshot(path=folder / DARK, full_page=True)
        phone.page.emulate_media(color_scheme="light")
        phone.page.set_viewport_size(NARROW)
        phone.page.screenshot(path=folder / NAMES[1])
        phone.hang_up()


def main() -> None:
    """Take the pictures into docs/."""
    with local_run() as run, sync_playwright() as playwright, chromium(playwright, SAMPLE_FILE) as browser:
        run.process.wait_for("Ready: ")
        with phone_server(f"http://127.0.0.1:{run.port}/webhooks/answer") as address:
            take_pictures(browser, address, ROOT / "simulator" / "docs")


if __name__ == "__main__":
    main()
