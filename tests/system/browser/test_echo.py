"""The echo of the local server, in a real browser with a microphone: heard, delayed, stalled and moved."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from local_run.environment import unused_ports
from simulator.tests.harness.placing import connect
from simulator.tests.harness.webhook_server import webhook_server
from simulator.tests.system.browser.conftest import OpenPhone, phone_server
from simulator.tests.system.browser.output_tap import install_output_tap, read_output
from simulator.tests.system.browser.phone_page import DASH, PATIENCE_MS, PhonePage, Samples
from simulator.tests.system.browser.same_audio import FRAME_SAMPLES, RATE, block_places, window_lags
from tests.harness.process import started

KNOWN = r"^\d"
UNKNOWN = f"^{DASH}"
SOON = r"^([1-4]?\d\d|\d\.\d) "  # ms, less than half a second: the machine may be busy
MOST_LAG_SECONDS = 1.0
LAG_CHANGE_SECONDS = 0.15  # of the browser's buffer
NOT_HEARD = ("dropped", "cleared", "overflowed", "missing", "excess")  # of the frames, by the figures


@pytest.fixture
def phone(open_phone: OpenPhone, echo_phone: str) -> PhonePage:
    """A page that speaks the bundled speech, at full volume."""
    return open_phone(echo_phone, voice="speech", volume="1")


def recording_begin(trace: dict[str, Any]) -> float:
    """Return when a recording begins, in seconds of the call: with the first frame."""
    return float(min(trace["frames"]["first_at"], *trace["frames"]["heard_at"][:1]))


def hear_echo(phone: PhonePage) -> None:
    """Place a call, and wait until its echo is heard."""
    phone.call()
    phone.wait_for_figure("Play-out lag", KNOWN)


@pytest.mark.alone
def test_what_the_microphone_says_comes_back_in_order_and_without_a_gap(
    open_phone: OpenPhone, echo_phone: str, tmp_path: Path
) -> None:
    phone = open_phone(echo_phone, voice="microphone", volume="1")
    install_output_tap(phone.page)
    phone.page.reload()
    hear_echo(phone)
    phone.wait_for_frames(200)  # four seconds
    phone.wait_for_figure("Browser's own delay", KNOWN)
    phone.hang_up()
    said, heard = phone.recording(tmp_path)
    there, missing = echoed_blocks(said, heard)
    lags = window_lags(heard / 2**15, read_output(phone.page, RATE).astype(np.float64), MOST_LAG_SECONDS)
    usual = np.nanmedian(lags)
    sounding = [lag for lag in lags if abs(lag - usual) < LAG_CHANGE_SECONDS]
    trace = phone.trace(tmp_path)
    figures, browser = trace["page"]["figures"], trace["page"]["browser"]
    lost_on_the_way = sum(figures["frames"][name] for name in NOT_HEARD)
    gaps = figures["gaps"]["count"] + browser["gaps"] + browser["frames_dropped"]
    # It came back, and so it sounds behind the resampling, the buffer and the volume: no gap but those that are told.
    assert there > 50
    assert missing <= 0.05 * there + 2 * lost_on_the_way
    assert len(lags) > 15
    assert len(lags) - len(sounding) <= 0.25 * len(lags) + 2 * gaps  # one where a buffer changes, too


def echoed_blocks(said: Samples, heard: Samples) -> tuple[int, int]:
    """Return how many blocks of what was said into a socket came back and how many didn't; check their order."""
    places = np.array(block_places(said, heard))
    found = np.flatnonzero(places >= 0)
    assert len(found)
    assert np.all(np.diff(places[found]) >= FRAME_SAMPLES)  # and nothing twice
    return len(found), int(found[-1] + 1 - found[0] - len(found))


def test_a_key_changes_the_delay_and_the_figures_show_it_even_behind_a_stall(phone: PhonePage) -> None:
    hear_echo(phone)
    phone.page.keyboard.press("1")
    phone.wait_for_entry("Key 1, taken by the socket")
    phone.wait_for_entry("→ to the application: websocket:dtmf")
    phone.wait_for_figure("Play-out lag", r"^1[0-4]\d\d ")
    phone.button("0").click()
    phone.wait_for_figure("Play-out lag", SOON)
    phone.button("Press 2 while stalled").click()
    phone.wait_for_entry("Key 2")
    phone.wait_for_figure("Play-out lag", UNKNOWN)
    phone.wait_for_figure("Play-out lag", r"^2\d\d\d ")
    phone.hang_up()


def test_a_stall_shows_up_and_goes_away(phone: PhonePage, tmp_path: Path) -> None:
    hear_echo(phone)
    phone.button("Stall the network").click()
    phone.wait_for_entry("The network stands still")
    phone.wait_for_figure("Play-out lag", UNKNOWN)
    phone.wait_for_figure("Late ones dropped", r"^[1-9]")
    phone.wait_for_figure("Play-out lag", SOON)
    phone.hang_up()
    trace = phone.trace(tmp_path)
    events, begin = trace["events"], recording_begin(trace)
    began, ended = (next(e["at"] for e in events if e["event"] == f"fault_{word}") for word in ("began", "ended"))
    assert ended - began == pytest.approx(3, abs=0.5)
    _, heard = phone.recording(tmp_path)
    assert not heard[int((began - begin + 0.5) * RATE) : int((ended - begin - 0.1) * RATE)].any()
    assert heard[int((ended - begin) * RATE) :].any()


def test_a_cut_socket_moves_the_call_and_it_goes_on(phone: PhonePage, tmp_path: Path) -> None:
    hear_echo(phone)
    phone.button("Cut the socket").click()
    phone.wait_for_entry("The call moved to another socket")
    phone.button("Refuse the next connect").click()
    phone.button("Close the socket").click()
    phone.wait_for_entry("Socket not opened")
    expect(phone.entries.filter(has_text="The call moved to another socket")).to_have_count(2, timeout=PATIENCE_MS)
    returned = int(phone.figure("Frames returned").inner_text())
    phone.wait_for_frames(max(100, returned // 10 * 10 + 50))
    phone.hang_up()
    trace = phone.trace(tmp_path)
    moves = [event["at"] for event in trace["events"] if event["event"] == "socket_opened"][1:]
    assert len(moves) == 2
    _, heard = phone.recording(tmp_path)
    assert heard[int((moves[1] - recording_begin(trace)) * RATE) :].any()


def test_the_tutorials_server_echoes_at_8000_hz_too(open_phone: OpenPhone, needs_browser: None, tmp_path: Path) -> None:
    (port,) = unused_ports(1)
    tutorial = [sys.executable, "-m", "benchmarks.server_gevent", port]
    with (
        started(tutorial),
        webhook_server() as webhooks,
        phone_server(f"{webhooks.address}/webhooks/answer") as address,
    ):
        endpoint = {"content-type": "audio/l16;rate=8000"}
        webhooks.answer_with([{"action": "wait", "timeout": 1}, connect(f"ws://127.0.0.1:{port}/socket", **endpoint)])
        phone = open_phone(address, voice="microphone", volume="1")
        install_output_tap(phone.page)
        phone.page.reload()
        phone.call()
        phone.wait_for_frames(100)
        phone.hang_up()
        _, heard = phone.recording(tmp_path)
        output = read_output(phone.page, 8000)
    lags = window_lags(heard / 2**15, output.astype(np.float64), 1.0)
    assert sum(not math.isnan(lag) for lag in lags) > 3  # at a wrong rate it would be none
