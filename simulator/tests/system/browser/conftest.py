"""Phones in a browser: the commands that serve them, and the pages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from simulator.tests.harness.process import started
from simulator.tests.system.browser.chromium import browser_problem, chromium
from simulator.tests.system.browser.phone_page import PhonePage
from voice_simulator.caller.speech import SAMPLE_FILE

OpenPhone = Callable[..., PhonePage]


@contextmanager
def phone_server(answer_url: str) -> Iterator[str]:
    """Serve a phone that calls an application, and give the page's address."""
    command = [sys.executable, "-m", "voice_simulator", "phone", "--answer-url", answer_url, "--port", "0"]
    with started(command) as process:
        yield process.wait_for(r'"address": "(http://127\.0\.0\.1:\d+)"')[1]


@pytest.fixture(scope="session")
def needs_browser() -> None:
    if problem := browser_problem():
        pytest.skip(problem)


@pytest.fixture(scope="module")
def playwright(needs_browser: None) -> Iterator[Playwright]:
    """Playwright; not for longer than a module, as an event loop runs in it, and other tests have their own."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium with a microphone that says the bundled speech."""
    with chromium(playwright, SAMPLE_FILE) as browser:
        yield browser


@pytest.fixture
def open_phone(browser: Browser) -> Iterator[OpenPhone]:
    """Open the page at an address, with settings; in the end no script of it may have failed."""
    with ExitStack() as stack:
        pages = []

        def open_page(address: str, **settings: str) -> PhonePage:
            page = stack.enter_context(browser.new_context()).new_page()
            phone = PhonePage(page, address)
            pages.append(phone)
            phone.open(**settings)
            return phone

        yield open_page
        assert [problem for phone in pages for problem in phone.problems] == []
