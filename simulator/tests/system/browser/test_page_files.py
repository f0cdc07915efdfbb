"""The page's files keep the house's rules, and its resampling is right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator.tests.system.browser.conftest import OpenPhone, phone_server
from voice_simulator.phone.page_files import FOLDER

SCRIPTS = sorted(FOLDER.rglob("*.js"))
NO_APPLICATION = "http://127.0.0.1:1/webhooks/answer"  # nobody calls it here
MOST_LINES, WIDEST = 180, 120
# A sine of 1000 Hz, in blocks of a worklet, and how far the result is from the same sine at the other rate.
WORST_ERROR = """async ([from, to]) => {
  const { Resampler } = await import("/audio/resampler.js");
  const sine = (rate) => (_, index) => Math.sin((2 * Math.PI * 1000 * index) / rate);
  const resampler = new Resampler(from, to);
  const input = Float32Array.from({ length: from / 2 }, sine(from));
  const output = [];
  for (let at = 0; at < input.length; at += 128) output.push(...resampler.push(input.subarray(at, at + 128)));
  const errors = output.map((value, index) => Math.abs(value - sine(to)(null, index)));
  return [output.length / to, Math.max(...errors.slice(200, -200))];
}"""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_short_says_what_it_is_and_reads_nothing_as_html(script: Path) -> None:
    text = script.read_text()
    lines = text.splitlines()
    assert lines[0].startswith("/** ")
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= WIDEST
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|https?://", text)


def test_the_page_names_no_other_server() -> None:
    pages = [path for path in FOLDER.rglob("*") if path.suffix in (".html", ".css")]
    assert pages
    assert not [path for path in pages if re.search(r"(?:https?:)?//[\w.]+", path.read_text())]


def test_resampling_changes_nothing_but_the_rate(open_phone: OpenPhone) -> None:
    with phone_server(NO_APPLICATION) as address:
        page = open_phone(address).page
        for rates in ((48000, 16000), (44100, 16000), (48000, 8000), (16000, 48000), (24000, 44100), (16000, 16000)):
            seconds, error = page.evaluate(WORST_ERROR, list(rates))
            assert seconds == pytest.approx(0.5, abs=0.003)
            assert error < 0.005
