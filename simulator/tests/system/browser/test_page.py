"""The page with applications that aren't ours: what it shows, and how it is used."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Playwright, expect

from simulator.tests.harness.echo_peer import echo_peers
from simulator.tests.harness.flask_server import serving
from simulator.tests.harness.own_loop import in_thread
from simulator.tests.harness.placing import connect
from simulator.tests.harness.waiting import wait_until
from simulator.tests.harness.webhook_server import WebhookServer, webhook_server
from simulator.tests.system.browser.chromium import chromium
from simulator.tests.system.browser.conftest import OpenPhone, phone_server
from simulator.tests.system.browser.output_tap import install_output_tap, read_output
from simulator.tests.system.browser.phone_page import DASH, PATIENCE_MS, PhonePage
from simulator.tests.system.browser.same_audio import RATE
from simulator.tests.zoo import good_bot
from voice_simulator.call.result import CallResult
from voice_simulator.caller.speech import SAMPLE_FILE
from voice_simulator.record.trace import read_trace

KNOWN = r"^\d"
BOT_HERTZ = 440


@pytest.fixture(scope="module")
def webhooks() -> Iterator[WebhookServer]:
    """The webhooks of an application that does as it is told."""
    with webhook_server() as server:
        yield server


@pytest.fixture(scope="module")
def address(needs_browser: None, webhooks: WebhookServer) -> Iterator[str]:
    """The address of a phone that calls it."""
    with phone_server(f"{webhooks.address}/webhooks/answer") as address:
        yield address


@pytest.fixture
def phone(open_phone: OpenPhone, address: str, webhooks: WebhookServer) -> PhonePage:
    """A page that speaks the bundled speech; the application waits."""
    webhooks.answer_with([{"action": "talk", "text": "Hello, you"}, {"action": "wait", "timeout": 600}])
    return open_phone(address, voice="speech")


@pytest.fixture(scope="module")
def refusing_browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium(playwright, SAMPLE_FILE, refused=True) as browser:
        yield browser


def test_an_ncco_that_breaks_a_rule_is_shown_with_the_rule_and_its_section(
    phone: PhonePage, webhooks: WebhookServer
) -> None:
    webhooks.answer_with([{"action": "talk"}])
    phone.button("Call").click()
    phone.wait_for_end()
    answer = phone.entry("answer: GET /webhooks/answer")
    expect(answer).to_contain_text("breaks a rule")
    phone.entries.first.focus()
    for _ in range(phone.entries.count()):  # the arrow keys lead there
        phone.page.keyboard.press("ArrowDown")
        if answer.get_attribute("aria-selected") == "true":
            break
    expect(phone.details).to_contain_text(
        re.compile(r"Breaks a rule: NCCO\[0\].*text.*ncco\.talk-text; platform\.md, 2\.2")
    )
    expect(phone.details).to_contain_text('"action": "talk"')  # the answer itself
    expect(phone.details).to_contain_text("200 OK")


def test_a_click_on_the_time_axis_opens_the_same(phone: PhonePage) -> None:
    phone.call()
    phone.wait_for_entry("talk: “Hello, you”")
    phone.hang_up()
    axis = phone.page.get_by_role("img")
    # Somewhere in the lane of the NCCO's actions: how far to the right, the call's length tells.
    for x, y in itertools.product(range(80, 700, 16), (239, 255)):
        axis.click(position={"x": x, "y": y})
        if phone.details.get_by_role("heading", name="talk:").count():
            break
    expect(phone.details.get_by_role("heading", name="talk: “Hello, you”")).to_be_visible()
    expect(phone.entry("talk: “Hello, you”")).to_have_attribute("aria-selected", "true")


def test_nothing_known_is_shown_as_nothing(phone: PhonePage) -> None:
    values = phone.page.locator("#figures dd span")
    expect(values).to_have_text([DASH] * values.count())
    phone.call()
    phone.wait_for_figure("Frames sent", "^0")  # that is known
    expect(phone.figure("Round trip")).to_have_text(re.compile(f"^{DASH}"))
    phone.hang_up()


def test_a_call_can_be_made_with_the_keyboard_alone(phone: PhonePage) -> None:
    keyboard = phone.page.keyboard

    def go_to(name: str) -> None:
        for _ in range(60):
            keyboard.press("Tab")
            if phone.button(name).evaluate("button => button === document.activeElement"):
                return
        raise AssertionError(f"the button {name} can't be reached")

    go_to("Call")
    keyboard.press("Enter")
    phone.wait_for_state("^In call")
    for key in "5*#":
        keyboard.press(key)
        phone.wait_for_entry(f"Key {key}: nothing listened")
    go_to("Hang up")
    keyboard.press("Space")
    phone.wait_for_end()


def test_every_control_has_a_name_for_a_screen_reader(phone: PhonePage) -> None:
    for role in ("button", "radio", "checkbox", "combobox", "slider", "meter", "listbox", "img"):
        for control in phone.page.get_by_role(role, include_hidden=True).all():
            name = control.evaluate(
                "node => node.ariaLabel || node.textContent.trim() || node.labels?.[0]?.textContent"
            )
            assert name, control.evaluate("node => node.outerHTML")


def test_the_words_of_a_talk_are_shown_and_a_call_is_kept_in_this_browsers_history(phone: PhonePage) -> None:
    phone.call()
    expect(phone.page.get_by_text("“Hello, you”", exact=True)).to_be_visible()
    phone.hang_up()
    phone.page.reload()
    phone.page.get_by_text("Last calls in this browser").click()
    rows = phone.page.locator("#history tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("you hung up")
    phone.button("Forget them").click()
    expect(rows).to_have_count(0)


def test_the_link_has_the_settings(open_phone: OpenPhone, address: str) -> None:
    phone = open_phone(address, voice="speech", volume="0.5")
    expect(phone.page.get_by_label("the bundled speech")).to_be_checked()
    expect(phone.page.get_by_label("Volume")).to_have_value("0.5")
    phone.page.get_by_label("a microphone", exact=True).check()
    expect(phone.page).to_have_url(re.compile("#voice=microphone&volume=0.5"))
    fresh = open_phone(address)
    expect(fresh.page.get_by_label("Volume")).to_have_value("0.2")  # it starts low


def test_a_picture_and_a_trace_are_kept_without_a_secret(phone: PhonePage, tmp_path: Path) -> None:
    phone.call()
    phone.hang_up()
    assert phone.kept("Picture (PNG)", tmp_path).read_bytes().startswith(b"\x89PNG")
    events = [event["event"] for event in phone.trace(tmp_path)["events"]]
    assert (events[1:3], events[-1]) == (["call_began", "request_sent"], "judged")


def test_a_call_that_was_kept_is_opened_again_as_it_was(
    phone: PhonePage, webhooks: WebhookServer, open_phone: OpenPhone, address: str, tmp_path: Path
) -> None:
    with in_thread(echo_peers()) as start_peer:
        webhooks.answer_with([connect(start_peer().uri)])
        phone.call()
        phone.wait_for_frames(100)
        phone.page.keyboard.press("5")
        phone.wait_for_entry("Key 5, taken by the socket")
        phone.hang_up()
    trace, recording = phone.kept("Trace (JSON)", tmp_path), phone.kept("Recording (WAV)", tmp_path)
    assert CallResult(read_trace(trace)).hung_up
    later = open_phone(address, voice="speech")
    later.page.get_by_label("Trace and recording of a call").set_input_files([trace, recording])
    later.wait_for_state("^Opened: a call that ended after .*: you hung up$")
    assert later.entries.all_inner_texts() == phone.entries.all_inner_texts()
    for name in ("Round trip p50 / p95", "Frames sent", "Frames returned", "Frames lost"):
        assert later.figure(name).inner_text() == phone.figure(name).inner_text()
    said, heard = later.recording(tmp_path)
    for kept, opened in zip(phone.recording(tmp_path), (said, heard), strict=True):
        length = min(len(kept), len(opened))
        assert kept[:length].any()
        assert np.mean(kept[:length] == opened[:length]) > 0.95  # a frame may be a sample off
    later.entry("Key 5").click()
    expect(later.details).to_contain_text("Key 5, taken by the socket")


def test_a_file_that_is_no_trace_is_refused_in_a_sentence(phone: PhonePage, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"events": []}')
    phone.page.get_by_label("Trace and recording of a call").set_input_files(tmp_path / "other.json")
    alert = phone.page.get_by_role("alert").filter(has_text="This is no trace of a call")
    expect(alert).to_be_visible()


def test_a_lost_tab_hangs_up(phone: PhonePage, webhooks: WebhookServer) -> None:
    phone.call()
    before = len(webhooks.events())
    phone.page.close()
    wait_until(lambda: "completed" in [event["status"] for event in webhooks.events()[before:]], "the call has ended")


def test_a_refused_microphone_leads_to_the_bundled_speech(
    refusing_browser: Browser, address: str, webhooks: WebhookServer
) -> None:
    webhooks.answer_with([{"action": "wait", "timeout": 600}])
    with refusing_browser.new_context() as context:
        phone = PhonePage(context.new_page(), address)
        phone.open()
        phone.button("Call").click()
        alert = phone.page.get_by_role("alert").filter(has_text="does not let this page use a microphone")
        expect(alert).to_contain_text("use the bundled speech", timeout=PATIENCE_MS)
        expect(phone.state).to_have_text("Ready")
        phone.button("use the bundled speech").click()
        expect(alert).to_be_hidden()
        phone.call()
        phone.hang_up()


def test_the_page_of_another_origin_is_refused(browser: Browser, address: str, webhooks: WebhookServer) -> None:
    webhooks.script("/other", {"status": 200, "body": b"<p>Another page", "content_type": "text/html"})
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{webhooks.address}/other")
        opened = page.evaluate(
            """(url) => new Promise((resolve) => {
                const socket = new WebSocket(url);
                socket.onopen = () => resolve("opened");
                socket.onclose = () => resolve("refused");
            })""",
            f"{address.replace('http', 'ws')}/call",
        )
        assert opened == "refused"
        framed = page.evaluate(
            """(url) => new Promise((resolve) => {
                const frame = document.body.appendChild(document.createElement("iframe"));
                frame.onload = () => resolve(frame.contentDocument === null);
                frame.src = url;
            })""",
            address,
        )
        assert framed  # whatever is shown there, it is not the phone: its page can't be framed
        assert not [frame for frame in page.frames if frame.locator("#call").count()]


def test_a_bot_that_is_not_ours_is_heard_and_can_be_interrupted(open_phone: OpenPhone, needs_browser: None) -> None:
    with good_bot.socket_server() as uri, serving(good_bot.create_app(uri)) as app, phone_server(app.answer_url) as at:
        phone = open_phone(at, voice="speech", volume="1")
        install_output_tap(phone.page)
        phone.page.reload()
        phone.call()
        phone.wait_for_entry("The queue is cleared")  # the bot is silent, as the caller has spoken
        phone.hang_up()
        output = read_output(phone.page, RATE)
        sounding = output[np.abs(output) > 0.01]
        assert len(sounding) > RATE / 20
        spectrum = np.abs(np.fft.rfft(output))
        assert np.argmax(spectrum) * RATE / len(output) == pytest.approx(BOT_HERTZ, abs=5)


def test_a_simulator_that_is_gone_is_said_and_the_call_can_still_be_kept(
    open_phone: OpenPhone, webhooks: WebhookServer, tmp_path: Path
) -> None:
    webhooks.answer_with([{"action": "wait", "timeout": 600}])
    with phone_server(f"{webhooks.address}/webhooks/answer") as address:
        phone = open_phone(address, voice="speech")
        phone.call()
    phone.wait_for_state("The simulator is gone")
    assert CallResult(read_trace(phone.kept("Trace (JSON)", tmp_path))).answered
    phone.problems.clear()  # the page tries to open its socket again


def test_a_fault_that_cannot_happen_now_is_said(phone: PhonePage) -> None:
    phone.call()
    phone.button("Cut the socket").click()
    expect(phone.page.get_by_role("alert").filter(has_text="no open socket")).to_be_visible()
    phone.hang_up()
