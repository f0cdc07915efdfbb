"""The page with applications that aren't ours: what it shows, and how it is used."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Playwright, ViewportSize, expect

from simulator.tests.harness.echo_peer import Line, StartPeer, echo_peers
from simulator.tests.harness.flask_server import serving
from simulator.tests.harness.own_loop import in_thread
from simulator.tests.harness.placing import connect
from simulator.tests.harness.records import record
from simulator.tests.harness.waiting import wait_until
from simulator.tests.harness.webhook_server import WebhookServer, webhook_server
from simulator.tests.system.browser.chromium import chromium
from simulator.tests.system.browser.conftest import OpenPhone, phone_server
from simulator.tests.system.browser.output_tap import install_output_tap, read_output
from simulator.tests.system.browser.phone_page import DASH, PhonePage
from simulator.tests.system.browser.same_audio import RATE
from simulator.tests.zoo import good_bot
from voice_simulator.call.result import CallResult
from voice_simulator.caller.speech import SAMPLE_FILE
from voice_simulator.record.events import CallAnswered, CallEnded, Judged, TextSent
from voice_simulator.record.record import Record
from voice_simulator.record.trace import read_trace, write_trace

BOT_HERTZ = 440
WAITING = [{"action": "talk", "text": "Hello, you"}, {"action": "wait", "timeout": 600}]
SIZES = {"wide": (1440, 900), "zoomed": (640, 450), "narrow": (390, 844), "smallest": (320, 568)}
OPEN = "Trace and recording of a call"


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


@pytest.fixture(scope="module")
def start_peer() -> Iterator[StartPeer]:
    with in_thread(echo_peers()) as start:
        yield start


@pytest.fixture
def phone(open_phone: OpenPhone, address: str, webhooks: WebhookServer) -> PhonePage:
    """A page that speaks the bundled speech; the application waits."""
    webhooks.answer_with(WAITING)
    webhooks.nccos.clear()
    return open_phone(address, voice="speech")


def is_in_view(phone: PhonePage, selector: str) -> bool:
    box, size = phone.page.locator(selector).bounding_box(), phone.page.viewport_size
    assert box
    assert size
    return box["y"] >= 0 and box["y"] + box["height"] <= size["height"] and box["x"] + box["width"] <= size["width"]


def resize(page: Page, size: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size(ViewportSize(width=width, height=height))


# --- Why a call failed


def page_of_html(webhooks: WebhookServer, start_peer: StartPeer) -> dict[str, Any]:
    return {"status": 200, "body": b"<!doctype html><h1>Welcome</h1>", "content_type": "text/html"}


def refused(webhooks: WebhookServer, start_peer: StartPeer) -> dict[str, Any]:
    return {"status": 401, "body": b"no"}


def wrong_ncco(webhooks: WebhookServer, start_peer: StartPeer) -> dict[str, Any]:
    return {"status": 200, "body": b'[{"action": "talk"}]'}


def no_socket(webhooks: WebhookServer, start_peer: StartPeer) -> dict[str, Any]:
    return {"status": 200, "body": json.dumps([connect("ws://127.0.0.1:1/socket")]).encode()}


def failing_socket(webhooks: WebhookServer, start_peer: StartPeer) -> dict[str, Any]:
    def fail(connection: Line, frame: bytes, number: int) -> None:
        connection.close(1011, "out of order")

    return {"status": 200, "body": json.dumps([connect(start_peer(fail).uri)]).encode()}


def short_frames(webhooks: WebhookServer, start_peer: StartPeer) -> dict[str, Any]:
    uri = start_peer(lambda connection, frame, number: connection.send(b"short")).uri
    return {"status": 200, "body": json.dumps([connect(uri)]).encode()}


FAILURES = [
    (page_of_html, "The answer webhook sent HTML, not JSON", "answer: GET", "200 · "),
    (refused, "The answer webhook answered 401 Unauthorized", "answer: GET", "401 · "),
    (wrong_ncco, "The NCCO breaks a rule: NCCO[0].text is missing", "answer: GET", "200 · "),
    (no_socket, "The socket was not opened: nothing listens at 127.0.0.1:1", "Socket not opened", ""),
    (
        failing_socket,
        "The application closed the socket with code 1011, 'out of order'",
        "Socket closed by",
        "code 1011",
    ),
    (short_frames, "The server sent unexpected frame size 5, when required 640", "The server sent", "breaks a rule"),
]


def test_the_headline_says_why_a_call_failed_and_opens_what_shows_it(
    phone: PhonePage, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    for answer, headline, title, status in FAILURES:
        for name in ("answer", "fallback"):
            webhooks.script(f"/webhooks/{name}", answer(webhooks, start_peer))
        assert phone.fail().startswith(headline)
        expect(phone.details.get_by_role("heading").first).to_contain_text(title)
        shown = phone.entry(title)
        expect(shown).to_have_attribute("aria-selected", "true")
        expect(shown).to_have_class(re.compile("broken"))
        expect(shown).to_contain_text(status)


def test_a_rule_that_is_broken_is_shown_with_its_section_and_found_by_arrow_keys(
    phone: PhonePage, webhooks: WebhookServer
) -> None:
    webhooks.script("/webhooks/answer", wrong_ncco(webhooks, lambda: None))  # type: ignore[arg-type, return-value]
    phone.fail()
    phone.page.get_by_label("errors only").check()
    shown = phone.entries.filter(visible=True)
    expect(shown).to_have_count(2)  # the answer, and the end
    shown.first.focus()
    phone.page.keyboard.press("ArrowDown")
    expect(shown.last).to_have_attribute("aria-selected", "true")
    phone.page.keyboard.press("ArrowUp")
    expect(phone.details).to_contain_text(
        re.compile(r"Breaks a rule: NCCO\[0\].*text.*ncco\.talk-text; platform\.md, 2\.2")
    )
    expect(phone.details).to_contain_text('"action": "talk"')  # the response itself
    expect(phone.details).to_contain_text("200 OK")


# --- What the browser may never do

NEVER = """() => {
  window.tracks = [];
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) => new Promise((resolve) => {
    window.permit = async () => {
      const stream = await open(wanted);
      window.tracks.push(...stream.getTracks());
      resolve(stream);
    };
  });
}"""
NO_OUTPUT = "() => { AudioContext.prototype.resume = () => new Promise(() => {}); }"


def test_waiting_for_the_microphone_can_be_given_up_and_ends_by_itself(open_phone: OpenPhone, address: str) -> None:
    phone = open_phone(address, voice="microphone")
    page = phone.page
    page.clock.install()
    page.evaluate(NEVER)
    phone.button("Call").click()
    phone.wait_for_state("^Waiting for the microphone…")
    expect(phone.button("Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    phone.wait_for_state("^Ready$")
    expect(phone.button("Call")).to_be_focused()
    page.evaluate("permit()")  # too late: what is opened now is ended
    page.wait_for_function("tracks.length === 1 && tracks[0].readyState === 'ended'")
    phone.button("Call").click()
    phone.wait_for_state("^Waiting for the microphone…")
    page.clock.fast_forward("01:01")
    expect(page.get_by_role("alert")).to_contain_text("The browser's prompt for the microphone was not answered")
    expect(phone.button("Call")).to_be_enabled()
    page.evaluate(NO_OUTPUT)
    phone.button("Use the bundled speech").click()
    phone.button("Call").click()
    phone.wait_for_state("^Starting the sound…")
    page.clock.fast_forward("00:06")
    expect(page.get_by_role("alert")).to_contain_text("The browser's sound did not start")
    expect(phone.button("Call")).to_be_enabled()


@pytest.fixture(scope="module")
def refusing_browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium(playwright, SAMPLE_FILE, refused=True) as browser:
        yield browser


def test_a_refused_microphone_leads_to_the_bundled_speech(
    refusing_browser: Browser, address: str, webhooks: WebhookServer
) -> None:
    webhooks.answer_with(WAITING)
    with refusing_browser.new_context() as context:
        phone = PhonePage(context.new_page(), address)
        phone.open()
        phone.button("Call").click()
        alert = phone.page.get_by_role("alert").filter(has_text="does not let this page use a microphone")
        expect(alert).to_be_visible()
        phone.wait_for_state("^Not called$")
        phone.button("Use the bundled speech").click()
        expect(alert).to_be_hidden()
        phone.call()
        phone.page.get_by_label("a microphone", exact=True).click()  # denied again: the speech goes on
        expect(alert).to_be_visible()
        expect(phone.page.get_by_label("the bundled speech")).to_be_checked()
        phone.hang_up()


# --- What is seen


def test_hang_up_and_the_faults_stay_in_view_and_nothing_is_wider_than_the_window(
    phone: PhonePage, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    webhooks.answer_with([connect(start_peer().uri)])
    phone.call()
    phone.wait_for_frames(50)
    for size in SIZES:
        resize(phone.page, size)
        for at in ("timeline", "details", "forget"):
            phone.page.locator(f"#{at}").evaluate("element => element.scrollIntoView()")
            for name in ("#hang-up", "[data-fault=stall]", "[data-fault=refuse]"):
                assert is_in_view(phone, name), (size, at, name)
        assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
    resize(phone.page, "wide")
    assert is_in_view(phone, "#list")
    resize(phone.page, "narrow")
    phone.page.evaluate("scrollTo(0, 0)")
    box = phone.page.locator("#timeline").bounding_box()
    assert box
    assert box["y"] < 200  # it comes first
    phone.hang_up()


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of axe-core."""
    folder = tmp_path_factory.mktemp("npm")
    command = ["npm", "install", "--silent", "--no-audit", "--prefix", str(folder), "axe-core@4.14.1"]
    subprocess.run(command, check=True, timeout=200)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text()


AXE = """async () => {
  const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await axe.run({ runOnly });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}"""


def test_axe_finds_nothing_idle_in_a_call_and_after_it_light_and_dark(
    phone: PhonePage, webhooks: WebhookServer, start_peer: StartPeer, axe: str
) -> None:
    def look(when: str) -> None:
        for scheme in ("light", "dark"):
            phone.page.emulate_media(color_scheme=scheme)
            phone.page.evaluate("() => Promise.all(document.getAnimations().map(({ finished }) => finished))")
            assert phone.page.evaluate(AXE) == [], (when, scheme)

    phone.page.evaluate(axe)
    look("idle")
    webhooks.answer_with([connect(start_peer().uri)])
    phone.call()
    phone.wait_for_frames(50)
    look("in a call")
    phone.hang_up()
    expect(phone.page.locator("#history li")).to_have_count(1)
    phone.entry("answer: GET").click()
    look("after it")
    resize(phone.page, "narrow")
    look("narrow")


def test_nothing_known_is_shown_as_nothing(phone: PhonePage) -> None:
    values = phone.page.locator("#figures dd span")
    expect(values).to_have_text([DASH] * values.count())
    phone.call()
    phone.wait_for_figure("Frames sent", "^0")  # that is known
    expect(phone.figure("Round trip")).to_have_text(re.compile(f"^{DASH}"))
    phone.hang_up()


# --- How it is used


def test_a_call_can_be_made_with_the_keyboard_alone(phone: PhonePage) -> None:
    keyboard = phone.page.keyboard
    phone.button("Call").focus()
    keyboard.press("Enter")
    expect(phone.button("Hang up")).to_be_focused()
    phone.wait_for_state("^In call")
    for key in "5*#":
        keyboard.press(key)
        phone.wait_for_entry(f"Key {key}: nothing listened")
    axis = phone.page.get_by_role("application", name="Timeline")
    axis.focus()
    keyboard.press("0")  # here it is no key of the phone
    keyboard.press("Escape")
    phone.wait_for_end()
    expect(phone.entry("Key 0")).not_to_be_attached()
    expect(phone.button("Whole call")).to_have_attribute("aria-pressed", "true")
    keyboard.press("+")
    expect(phone.button("Whole call")).to_have_attribute("aria-pressed", "false")
    for _ in range(200):  # the keys read the axis up to its beginning
        keyboard.press("ArrowLeft")
    expect(phone.page.locator("#reading")).to_have_text(re.compile(r"^0\.00 s"))
    keyboard.press("Enter")
    expect(phone.details.get_by_role("heading").first).to_be_visible()


def test_the_link_has_the_settings(open_phone: OpenPhone, address: str) -> None:
    phone = open_phone(address, voice="speech", volume="0.5")
    expect(phone.page.get_by_label("the bundled speech")).to_be_checked()
    expect(phone.page.get_by_label("Volume")).to_have_value("0.5")
    phone.page.get_by_label("a microphone", exact=True).check()
    expect(phone.page).to_have_url(re.compile("#voice=microphone&volume=0.5"))
    fresh = open_phone(address)
    expect(fresh.page.get_by_label("Volume")).to_have_value("0.2")  # it starts low


def test_a_fault_that_cannot_happen_now_is_said(phone: PhonePage) -> None:
    phone.call()
    phone.button("Cut the socket").click()
    expect(phone.page.get_by_role("alert").filter(has_text="no open socket")).to_be_visible()
    phone.hang_up()


def test_a_stall_lasts_as_long_as_it_should(phone: PhonePage, webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with([connect(start_peer().uri)])
    phone.call()
    phone.wait_for_frames(20)
    phone.page.get_by_label("Seconds that a stall lasts").fill("0.4")
    phone.button("Stall the network").click()
    phone.wait_for_figure("Play-out lag", r"^[3-9]\d\d ")
    phone.hang_up()
    begun, ended = (
        next(event["at"] for event in phone.events() if event["event"] == f"fault_{word}")
        for word in ("began", "ended")
    )
    assert ended - begun < 2  # by default it lasts 3 s


def test_another_application_of_this_machine_is_called_and_others_are_not(phone: PhonePage) -> None:
    address = phone.page.get_by_label("Answer URL")
    with webhook_server() as other:
        other.answer_with([{"action": "wait", "timeout": 600}])
        address.fill(f"{other.address}/webhooks/answer")
        phone.page.get_by_label("Requested by").select_option("POST")
        phone.page.get_by_label("From", exact=True).fill("4915112345678")
        phone.call()
        phone.hang_up()
        assert other.requests[0].method == "POST"
        assert other.requests[0].fields["from"] == "4915112345678"
        address.fill("http://10.0.0.1/answer")
        phone.button("Call").click()
        phone.wait_for_state("http://10.0.0.1 was not allowed when the phone was started")
        expect(phone.button("Call")).to_be_enabled()
        phone.page.reload()
        expect(address).to_have_value("http://10.0.0.1/answer")  # this tab's, and in no link
        assert "10.0.0.1" not in phone.page.url


def test_a_webhooks_request_is_copied_as_curl_and_sent_again(phone: PhonePage, webhooks: WebhookServer) -> None:
    phone.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.call()
    phone.hang_up()
    phone.entry("answer: GET").click()
    before = len(webhooks.requests)
    phone.button("Send again").click()
    expect(phone.details).to_contain_text("200 OK")
    expect(phone.details.get_by_role("heading", name="Sent again")).to_be_visible()
    for entry in ("answer: GET", "event completed: POST"):
        phone.entry(entry).click()
        phone.button("Copy as curl").click()
        expect(phone.button("Copied")).to_be_visible()
        subprocess.run(phone.page.evaluate("navigator.clipboard.readText()"), shell=True, check=True, timeout=60)
    first = webhooks.requests[before:]
    assert [request.method for request in first] == ["GET", "GET", "POST"]
    assert first[0].fields == first[1].fields
    assert first[2] in webhooks.requests[:before]


# --- Keeping and opening calls


def test_a_call_is_kept_opened_again_and_played(
    phone: PhonePage, webhooks: WebhookServer, start_peer: StartPeer, tmp_path: Path
) -> None:
    webhooks.answer_with([{"action": "talk", "text": "Hello, you"}, connect(start_peer().uri)])
    phone.call()
    expect(phone.page.get_by_text("“Hello, you”", exact=True)).to_be_visible()
    phone.wait_for_frames(100)
    phone.page.keyboard.press("5")
    phone.wait_for_entry("Key 5, taken by the socket")
    with phone.page.expect_event("dialog") as warned:  # before a reload in mid-call
        phone.page.evaluate("location.reload()")
    assert warned.value.type == "beforeunload"
    expect(phone.button("Call")).to_be_enabled()
    phone.call()
    phone.wait_for_frames(100)
    for button in ("Recording (WAV)", "Trace (JSON)", "Save as scenario"):
        expect(phone.button(button)).to_be_disabled()
    phone.hang_up()
    seen, sound = phone.entries.all_inner_texts(), phone.recording(tmp_path)
    assert phone.kept("Picture (PNG)", tmp_path).read_bytes().startswith(b"\x89PNG")
    names = ("Round trip p50 / p95", "Frames sent", "Frames returned", "Frames lost")
    figures = [phone.figure(name).inner_text() for name in names]
    expect(phone.page.locator("#history li")).to_contain_text("you hung up")
    phone.page.reload()
    phone.page.locator("#history button").click()
    phone.wait_for_state("^Opened: a call that ended after .*: you hung up$")
    assert phone.entries.all_inner_texts() == seen
    assert [phone.figure(name).inner_text() for name in names] == figures
    same_sound(sound, phone.recording(tmp_path))
    trace, recording = phone.kept("Trace (JSON)", tmp_path), phone.kept("Recording (WAV)", tmp_path)
    assert CallResult(read_trace(trace)).hung_up
    cursor = phone.page.locator("#cursor")
    phone.button("Play").click()
    expect(cursor).to_be_visible()
    place = cursor.evaluate("line => line.style.transform")
    expect(cursor).not_to_have_attribute("style", re.compile(re.escape(place)))  # it moves
    phone.button("Forget them").click()
    expect(phone.page.locator("#history li")).to_have_count(0)
    drop(phone.page, [recording])  # a recording alone has its sound
    phone.wait_for_state("a recording without a trace")
    expect(phone.button("Play")).to_be_enabled()
    drop(phone.page, [trace, recording])
    phone.wait_for_state("^Opened: a call that ended after .*: you hung up$")
    assert phone.entries.all_inner_texts() == seen
    same_sound(sound, phone.recording(tmp_path))


def same_sound(kept: tuple[Any, Any], opened: tuple[Any, Any]) -> None:
    for one, other in zip(kept, opened, strict=True):
        length = min(len(one), len(other))
        assert one[:length].any()
        assert np.mean(one[:length] == other[:length]) > 0.95  # a frame may be a sample off


def drop(page: Page, paths: list[Path]) -> None:
    """Drop files onto the page."""
    page.evaluate(
        """(files) => {
            const dataTransfer = new DataTransfer();
            for (const [name, bytes] of files) {
                dataTransfer.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
            }
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        [[path.name, base64.b64encode(path.read_bytes()).decode()] for path in paths],
    )


def test_a_file_that_is_no_trace_is_refused_in_a_sentence(phone: PhonePage, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"events": []}')
    phone.page.get_by_label(OPEN).set_input_files(tmp_path / "other.json")
    alert = phone.page.get_by_role("alert").filter(has_text="This is no trace of a call")
    expect(alert).to_be_visible()


def long_call(seconds: int) -> Record:
    """Return the record of a call that lasts long, with a probe every two seconds and a perfect echo."""
    probes = [TextSent(float(second), {"event": "websocket:notify", "payload": {}}) for second in range(2, seconds, 2)]
    over = [CallEnded(float(seconds), "hung_up"), Judged(float(seconds), "good", [], [])]
    made = record(CallAnswered(0.1), *probes, *over)
    frames, count = made.frames, seconds * 50
    frames.first_at, frames.fates = 0.0, bytearray(b"r" * count)
    frames.sent_at = array("d", (number * 0.02 for number in range(count)))
    frames.returned_numbers = array("I", range(count))
    frames.round_trips = frames.lags = array("d", [0.004] * count)
    frames.returned_at = frames.heard_at = frames.played_at = array("d", (at + 0.004 for at in frames.sent_at))
    return made


def test_a_call_of_twenty_minutes_is_opened_zoomed_and_filtered(phone: PhonePage, tmp_path: Path) -> None:
    seconds = 1200
    write_trace(long_call(seconds), tmp_path / "long.json")
    phone.page.get_by_label(OPEN).set_input_files(tmp_path / "long.json")
    phone.wait_for_state("^Opened: a call that ended after 20:00")
    axis, reading = phone.page.get_by_role("application", name="Timeline"), phone.page.locator("#reading")
    mouse = phone.page.mouse
    axis.hover(position={"x": 300, "y": 40})
    expect(reading).to_have_text(re.compile(r"^\d+:\d\d\.\d\d · round trip 4\.0 ms"))
    phone.page.keyboard.down("Control")
    for _ in range(8):
        mouse.wheel(0, -300)
    phone.page.keyboard.up("Control")
    first = read_at(phone, 300)
    assert read_at(phone, 340) - first < 2  # seconds: it was zoomed
    box = axis.bounding_box()
    assert box
    mouse.move(box["x"] + 300, box["y"] + 40)
    mouse.down()
    mouse.move(box["x"] + 340, box["y"] + 40, steps=4)
    mouse.up()
    assert read_at(phone, 340) == pytest.approx(first, abs=0.05)  # what was held has moved with the hand
    phone.button("Whole call").click()
    pinch(phone.page)
    assert read_at(phone, 340) - read_at(phone, 300) < 40
    expect(phone.entries.filter(visible=True)).to_have_count(seconds // 2 - 1 + 3)
    phone.page.get_by_label("without notify").check()
    expect(phone.entries.filter(visible=True)).to_have_count(3)


def read_at(phone: PhonePage, x: float) -> float:
    """Return the time at a place of the timeline, as it is read there."""
    phone.page.get_by_role("application", name="Timeline").hover(position={"x": x, "y": 40})
    minutes, _, rest = phone.page.locator("#reading").inner_text().partition(" ")[0].rpartition(":")[0:3]
    return 60 * float(minutes or 0) + float(rest)


def pinch(page: Page) -> None:
    """Move two fingers apart on the timeline."""
    page.evaluate(
        """() => {
            const canvas = document.getElementById("timeline");
            const { left, top } = canvas.getBoundingClientRect();
            const finger = (type, pointerId, x) => canvas.dispatchEvent(new PointerEvent(type, {
                pointerId, pointerType: "touch", clientX: left + x, clientY: top + 40, bubbles: true }));
            canvas.setPointerCapture = () => {};
            finger("pointerdown", 5, 300);
            finger("pointerdown", 6, 310);
            finger("pointermove", 6, 450);
            finger("pointerup", 5, 300);
            finger("pointerup", 6, 450);
        }"""
    )


def test_a_call_that_was_made_by_hand_is_a_scenario(phone: PhonePage, webhooks: WebhookServer, tmp_path: Path) -> None:
    collect = {"action": "input", "type": ["dtmf"], "dtmf": {"maxDigits": 1}}
    webhooks.answer_with([{"action": "talk", "text": 'Press 1: "sales"'}, collect, {"action": "wait", "timeout": 600}])
    phone.call()
    phone.wait_for_entry(re.compile(r"\dinput$"))
    phone.page.keyboard.press("1")
    phone.wait_for_entry(re.compile(r"\dwait$"))
    phone.hang_up()
    with phone.page.expect_download(lambda download: download.suggested_filename.endswith(".yaml")) as scenario:
        said = phone.kept("Save as scenario", tmp_path)
    assert said.name.endswith(".said.wav")
    path = tmp_path / scenario.value.suggested_filename
    scenario.value.save_as(path)
    url = f"{webhooks.address}/webhooks/answer"
    command = [sys.executable, "-m", "voice_simulator", "call", "--answer-url", url, "--scenario", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr + path.read_text()
    course = [(step["kind"], step["detail"]) for step in json.loads(done.stdout)["calls"][0]["course"]]
    assert ("talk", 'Press 1: "sales"') in course
    assert ("collected", "keys 1") in course, path.read_text()


# --- Who is there, and who isn't


def test_a_lost_tab_hangs_up(phone: PhonePage, webhooks: WebhookServer) -> None:
    phone.call()
    before = len(webhooks.events())
    phone.page.close()
    wait_until(lambda: "completed" in [event["status"] for event in webhooks.events()[before:]], "the call has ended")


def test_a_simulator_that_is_gone_is_said_and_the_call_is_kept(
    open_phone: OpenPhone, webhooks: WebhookServer, tmp_path: Path
) -> None:
    webhooks.answer_with(WAITING)
    with phone_server(f"{webhooks.address}/webhooks/answer") as address:
        phone = open_phone(address, voice="speech")
        phone.call()
    phone.wait_for_state("The simulator is gone")
    assert CallResult(read_trace(phone.kept("Trace (JSON)", tmp_path))).answered
    expect(phone.page.locator("#history li")).to_have_count(1)
    phone.problems.clear()  # the page tries to open its socket again


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
