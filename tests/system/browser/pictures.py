"""The phone's pictures in simulator/docs/: `make pictures` takes them again."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from PIL import Image
from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from simulator.tests.system.browser.chromium import chromium
from simulator.tests.system.browser.conftest import phone_server
from simulator.tests.system.browser.phone_page import PhonePage
from tests.harness.local_run import local_run
from tests.harness.process import ROOT
from voice_simulator.caller.speech import SAMPLE_FILE

WIDE, NARROW = ViewportSize(width=1440, height=900), ViewportSize(width=420, height=900)
MOVING_SIZE = ViewportSize(width=1330, height=800)
LIGHT, DARK, NARROW_NAME, MOVING = "phone.png", "phone-dark.png", "phone-narrow.png", "phone.webp"
MOVING_WIDTH = 960  # px
MOST_BYTES = 2_000_000
FRAME_SECONDS = 0.2  # between two pictures, at least
PACE = 1.25  # of the picture: a call of eleven seconds takes less than ten
LAST_SECONDS = 1.5  # that the last one stays


def take_pictures(browser: Browser, address: str, folder: Path) -> None:
    """Place a call with a stall, a key and a cut socket, and keep three pictures of it in a folder."""
    with browser.new_context(viewport=WIDE) as context:
        phone = PhonePage(context.new_page(), address)
        phone.open(voice="speech", volume="0.2")
        phone.call()
        phone.wait_for_frames(150)
        phone.button("Stall the network").click()
        phone.wait_for_entry("The network stands still")
        phone.wait_for_figure("Late ones dropped", "^[1-9]")
        phone.page.keyboard.press("1")
        phone.wait_for_figure("Play-out lag", r"^1\d\d\d ")
        phone.wait_for_frames(300)
        phone.button("Cut the socket").click()
        phone.wait_for_entry("The call moved to another socket")
        phone.wait_for_frames(420)
        phone.entry("answer: GET /webhooks/answer").click()
        expect(phone.details).to_contain_text(re.compile("200 OK"))
        phone.page.screenshot(path=folder / LIGHT)
        phone.page.emulate_media(color_scheme="dark")
        phone.page.screenshot(path=folder / DARK)
        phone.page.emulate_media(color_scheme="light")
        phone.page.set_viewport_size(NARROW)
        phone.page.evaluate("scrollTo(0, 0)")
        phone.page.screenshot(path=folder / NARROW_NAME)
        phone.hang_up()


def take_moving_picture(browser: Browser, address: str, file: Path) -> None:
    """Place a call whose network stalls and whose socket is cut, and keep it as an animated WebP picture."""
    with browser.new_context(viewport=MOVING_SIZE) as context:
        phone = PhonePage(context.new_page(), address)
        phone.open(voice="speech", volume="0.2")
        phone.page.get_by_label("Seconds that a stall lasts").fill("1.5")
        phone.call()
        shots = list(_shots(phone))
        phone.hang_up()
    height = round(MOVING_WIDTH * MOVING_SIZE["height"] / MOVING_SIZE["width"])
    images = [Image.open(io.BytesIO(png)).convert("RGB").resize((MOVING_WIDTH, height)) for _, png in shots]
    times = [at for at, _ in shots]
    lasting = [round(1000 * (after - at) / PACE) for at, after in itertools.pairwise(times)]
    lasting.append(round(1000 * LAST_SECONDS))
    images[0].save(file, save_all=True, append_images=images[1:], duration=lasting, loop=0, quality=70, method=4)


def _shots(phone: PhonePage) -> Iterator[tuple[float, bytes]]:
    """Yield pictures of a call with their times in seconds, while it stalls, is cut and goes on."""

    def frames() -> int:
        text = phone.figure("Frames returned").inner_text()
        return int(text) if text.isdigit() else 0

    steps = iter(((90, "Stall the network"), (160, "Cut the socket"), (250, "")))
    most, button = next(steps)
    while True:
        at = monotonic()
        yield at, phone.page.screenshot()
        if frames() >= most:
            if not button:
                return
            phone.button(button).click()
            most, button = next(steps)
        phone.page.wait_for_timeout(max(0.0, 1000 * (at + FRAME_SECONDS - monotonic())))


def main() -> None:
    """Take the pictures into docs/."""
    docs = ROOT / "simulator" / "docs"
    with local_run() as run, sync_playwright() as playwright, chromium(playwright, SAMPLE_FILE) as browser:
        run.process.wait_for("Ready: ")
        with phone_server(f"http://127.0.0.1:{run.port}/webhooks/answer") as address:
            take_pictures(browser, address, docs)
            take_moving_picture(browser, address, docs / MOVING)


if __name__ == "__main__":
    main()
