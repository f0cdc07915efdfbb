"""A phone in a browser that calls the local server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.tests.system.browser.conftest import browser as browser
from simulator.tests.system.browser.conftest import needs_browser as needs_browser
from simulator.tests.system.browser.conftest import open_phone as open_phone
from simulator.tests.system.browser.conftest import phone_server
from simulator.tests.system.browser.conftest import playwright as playwright
from tests.harness.local_run import LocalRun


@pytest.fixture(scope="module")
def echo_phone(needs_browser: None, running: LocalRun) -> Iterator[str]:
    """The address of a phone that calls the local server."""
    with phone_server(f"http://127.0.0.1:{running.port}/webhooks/answer") as address:
        yield address
