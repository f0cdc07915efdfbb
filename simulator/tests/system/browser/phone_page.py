"""The phone's page, as a person uses it."""

from __future__ import annotations

import json
import re
import wave
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

Samples = npt.NDArray[np.int16]
PATIENCE_MS = 60_000  # for what takes a second on an idle machine
expect.set_options(timeout=PATIENCE_MS)
NETWORK_CHANGED = "ERR_NETWORK_CHANGED"  # a container's bridge has come or gone: Chromium breaks requests off
DASH = "\N{EN DASH}"  # for what is not known


class PhonePage:
    """An open page; all waiting is for something to be seen on it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self._address = address
        page.set_default_timeout(PATIENCE_MS)
        self.problems: list[str] = []  # errors of the page's scripts, and what its policy has forbidden
        self._network_changed = False
        page.on("dialog", lambda dialog: dialog.accept())  # it leaves a call, as it is told
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._read)

    def open(self, **settings: str) -> None:
        """Open the page with these settings in its address."""
        fragment = "&".join(f"{name}={value}" for name, value in settings.items())
        self.page.goto(f"{self._address}#{fragment}")
        if self._network_changed:
            self.page.reload()
        expect(self.button("Call")).to_be_enabled()

    def _read(self, message: ConsoleMessage) -> None:
        if NETWORK_CHANGED in message.text:
            self._network_changed = True
        elif message.type == "error":
            self.problems.append(message.text)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def state(self) -> Locator:
        return self.page.get_by_role("status")

    def call(self) -> None:
        """Place a call and wait until it is answered."""
        self.button("Call").click()
        self.wait_for_state("^In call")

    def hang_up(self) -> None:
        """Hang up and wait until the call has ended."""
        self.button("Hang up").click()
        self.wait_for_end()

    def wait_for_end(self) -> None:
        self.wait_for_state("Ended after")

    def fail(self) -> str:
        """Place a call that ends by itself, and return the headline."""
        self.button("Call").click()
        self.wait_for_end()
        return self.state.inner_text()

    def wait_for_state(self, pattern: str) -> None:
        expect(self.state).to_have_text(re.compile(pattern))

    @property
    def entries(self) -> Locator:
        return self.page.get_by_role("listbox", name="What happened").get_by_role("option")

    def entry(self, words: str | re.Pattern[str]) -> Locator:
        """Return the first entry of the list with these words."""
        return self.entries.filter(has_text=words).first

    def wait_for_entry(self, words: str | re.Pattern[str]) -> None:
        expect(self.entry(words)).to_be_attached()

    def figure(self, name: str) -> Locator:
        return self.page.locator("#figures div").filter(has_text=name).locator("dd")

    def wait_for_figure(self, name: str, pattern: str) -> None:
        expect(self.figure(name)).to_have_text(re.compile(pattern))

    def wait_for_frames(self, count: int) -> None:
        """Wait until so many frames have come back; `count` has three digits, and ends with 0."""
        tens = "|".join(str(number) for number in range(count // 10, 100))
        self.wait_for_figure("Frames returned", rf"^(?:{tens})\d")

    def events(self) -> list[dict[str, Any]]:
        """Return the events of the call that is shown, once it is over, as the page saves them."""
        with self.page.expect_download() as download:
            self.button("Trace (JSON)").click()
        events: list[dict[str, Any]] = json.loads(download.value.path().read_text())["events"]
        return events

    @property
    def details(self) -> Locator:
        return self.page.get_by_role("article")

    def kept(self, button: str, folder: Path) -> Path:
        """Press a button that keeps something, and return the file."""
        with self.page.expect_download() as download:
            self.button(button).click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        return path

    def recording(self, folder: Path) -> tuple[Samples, Samples]:
        """Return what was said and what was heard, of the recording."""
        with wave.open(str(self.kept("Recording (WAV)", folder)), "rb") as file:
            both = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, 2)
        return both[:, 0], both[:, 1]

    def trace(self, folder: Path) -> dict[str, Any]:
        trace: dict[str, Any] = json.loads(self.kept("Trace (JSON)", folder).read_text())
        return trace
