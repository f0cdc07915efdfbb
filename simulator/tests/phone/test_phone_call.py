"""Calls over the phone, from the page's side of its WebSocket."""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import statistics
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from simulator.tests.harness.echo_peer import Line, StartPeer, echo
from simulator.tests.harness.phone import Page, phone, phone_plan
from simulator.tests.harness.placing import SIGNATURE_SECRET, connect
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.phone.protocol import FrameKind

TONE = [(1000.0 + number, bytes([number, 1]) * 320) for number in range(100)]


@pytest.fixture
async def page(webhooks: WebhookServer) -> AsyncIterator[Page]:
    async with phone(phone_plan(webhooks)) as port, Page(port) as page:
        yield page


def answer_with_socket(webhooks: WebhookServer, uri: str, **endpoint: object) -> None:
    webhooks.answer_with([connect(uri, webhooks.events_url(1), **endpoint)])


async def hang_up(page: Page) -> dict[str, object]:
    await page.do("hang_up")
    return await page.wait_for("call_ended")


def verdict(page: Page) -> tuple[list[str], list[str]]:
    """Return the errors and the warnings of a call that has ended."""
    (judged,) = page.named("judged")
    return judged["errors"], judged["warnings"]


async def test_the_bundled_speech_comes_back_byte_for_byte(
    page: Page, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    answer_with_socket(webhooks, start_peer().uri)
    await page.do("call", voice="speech")
    heard = await page.wait_for_frames(FrameKind.HEARD, 30)
    said = {frame.number: frame for frame in page.of(FrameKind.SAID)}
    for frame in heard:
        assert frame.samples == said[frame.number].samples
        assert frame.at >= said[frame.number].at
        assert math.isnan(frame.captured)
    numbers = [frame.number for frame in heard]
    assert numbers == list(range(numbers[0] or 0, (numbers[0] or 0) + len(numbers)))
    assert (await hang_up(page))["why"] == "hung_up"
    assert verdict(page) == ([], [])


async def test_the_echo_of_the_microphone_has_its_time_of_capture(
    page: Page, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    answer_with_socket(webhooks, start_peer().uri)
    page.microphone = list(TONE)
    await page.do("call", voice="microphone")
    heard = [each for each in await page.wait_for_frames(FrameKind.HEARD, 40) if not math.isnan(each.captured)]
    assert len(heard) > 20
    times = [each.captured for each in heard]
    assert times == sorted(set(times))
    for each in heard:
        sent = dict(TONE)[each.captured]
        # The mark is in the lowest bits of the first 48 samples; the rest is what the microphone captured.
        assert each.samples[96:] == sent[96:]
        assert all(a & 0xFE == b & 0xFE for a, b in zip(each.samples[:96:2], sent[:96:2], strict=True))
    await hang_up(page)


async def test_the_figures_know_the_round_trip_of_an_echo(
    page: Page, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    answer_with_socket(webhooks, start_peer().uri)
    await page.do("call", voice="speech")
    await page.wait_for_frames(FrameKind.HEARD, 20)
    await hang_up(page)
    figures = page.named("figures")[-1]
    assert figures["frames"]["returned"] >= 20
    assert figures["frames"]["lost"] == 0
    assert figures["round_trip_ms"]["p50"] > 0
    assert figures["jitter_ms"] is not None


async def test_of_an_application_that_does_not_echo_no_round_trip_is_known(
    page: Page, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    def answer_silence(connection: Line, frame: bytes, number: int) -> None:
        connection.send(bytes(640))

    answer_with_socket(webhooks, start_peer(answer_silence).uri)
    await page.do("call", voice="speech")
    heard = await page.wait_for_frames(FrameKind.HEARD, 20)
    assert {frame.number for frame in heard} == {None}
    await hang_up(page)
    figures = page.named("figures")[-1]
    assert figures["frames"]["heard"] >= 20
    assert figures["frames"]["returned"] is figures["frames"]["lost"] is figures["lag_ms"] is None
    assert figures["jitter_ms"] is None
    assert set(figures["round_trip_ms"].values()) == {None}


async def test_before_any_sound_the_gaps_are_unknown(page: Page, webhooks: WebhookServer) -> None:
    webhooks.answer_with([{"action": "wait", "timeout": 60}])
    await page.do("call", voice="speech")
    figures = await page.wait_for("figures")
    assert figures["gaps"] == {"count": None, "total_ms": None, "longest_ms": None}
    assert figures["queue_frames"] == 0
    await hang_up(page)


async def test_the_rate_of_the_socket_is_told_and_frames_of_another_are_resampled(
    page: Page, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    answer_with_socket(webhooks, start_peer().uri, **{"content-type": "audio/l16;rate=24000"})
    page.microphone = list(TONE)
    await page.do("call", voice="microphone")
    assert (await page.wait_for("socket_opened"))["rate"] == 24000
    heard = await page.wait_for_frames(FrameKind.HEARD, 10)
    assert {len(frame.samples) for frame in heard} == {960}
    await hang_up(page)


async def test_a_clear_is_heard_and_told(page: Page, webhooks: WebhookServer, start_peer: StartPeer) -> None:
    def speak_then_clear(connection: Line, frame: bytes, number: int) -> None:
        if number == 0:
            for _ in range(500):
                connection.send(frame)
        if number == 10:
            connection.send('{"action": "clear"}')

    answer_with_socket(webhooks, start_peer(speak_then_clear).uri)
    await page.do("call", voice="speech")
    clear = await page.wait_for("cleared")
    assert 450 < clear["frames"] < 500
    assert [event["message"] for event in page.named("text_received")] == [{"action": "clear"}]
    await page.wait_for("text_sent", message={"event": "websocket:cleared"})
    heard = page.of(FrameKind.HEARD)
    assert 5 < len(heard) < 50  # one to one, not all at once
    await hang_up(page)
    assert len(page.of(FrameKind.HEARD)) <= len(heard) + 1


async def test_each_frame_is_played_20_ms_after_the_one_before(
    page: Page, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    def burst(connection: Line, frame: bytes, number: int) -> None:
        if number == 0:
            for _ in range(20):
                connection.send(frame)

    answer_with_socket(webhooks, start_peer(burst).uri)
    await page.do("call", voice="speech")
    heard = await page.wait_for_frames(FrameKind.HEARD, 20)
    steps = [after.at - before.at for before, after in itertools.pairwise(heard)]
    assert (min(steps), statistics.median(steps)) == pytest.approx((0.02, 0.02), abs=1e-6)  # a frame may come late
    await hang_up(page)


async def test_keys_go_to_the_socket_or_to_an_action_or_to_nobody(
    page: Page, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    peer = start_peer()
    event_url = webhooks.events_url(1)
    collect = {"action": "input", "type": ["dtmf"], "dtmf": {"maxDigits": 1}, "eventUrl": [f"{webhooks.address}/keys"]}
    webhooks.answer_with([{"action": "wait", "timeout": 0.5}, collect, connect(peer.uri, event_url)])
    await page.do("call", voice="speech")
    await page.wait_for_frames(FrameKind.SAID, 1)
    await page.do("key", digit="7")
    assert (await page.wait_for("key_pressed", digit="7"))["taken_by"] is None
    await page.wait_for("action_began", number=1)
    await page.do("key", digit="#")
    assert (await page.wait_for("key_pressed", digit="#"))["taken_by"] == "action"
    await page.wait_for("socket_opened")
    await page.do("key", digit="3")
    assert (await page.wait_for("key_pressed", digit="3"))["taken_by"] == "socket"
    await hang_up(page)
    assert await asyncio.to_thread(peer.ended.wait, 5)
    assert [text["digit"] for text in peer.texts[1:]] == ["3"]


async def test_a_stall_holds_everything_back_the_key_too(
    page: Page, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    peer = start_peer()
    answer_with_socket(webhooks, peer.uri)
    await page.do("call", voice="speech")
    await page.wait_for_frames(FrameKind.HEARD, 5)
    await page.do("fault", fault="stall", seconds=0.4)
    began = await page.wait_for("fault_began", fault="stall")
    await page.do("key", digit="5")
    await page.wait_for("key_pressed", digit="5")
    assert len(peer.texts) == 1
    ended = await page.wait_for("fault_ended", fault="stall")
    assert ended["at"] - began["at"] == pytest.approx(0.4, abs=0.15)
    figures = await page.wait_for_figures("lag_ms", 300)  # this application drops nothing: the delay stays
    assert figures["frames"]["lost"] == 0
    held = {frame.number for frame in page.of(FrameKind.SAID) if began["at"] <= frame.at < ended["at"] - 0.02}
    heard = [frame.at for frame in page.of(FrameKind.HEARD) if frame.number in held]
    assert len(held) > 10
    assert min(heard) >= ended["at"]
    await hang_up(page)
    assert await asyncio.to_thread(peer.ended.wait, 5)
    assert [text["digit"] for text in peer.texts[1:]] == ["5"]


@pytest.mark.parametrize(("fault", "code"), [("cut", 1006), ("close", 1012)])
async def test_a_call_that_loses_its_socket_moves_and_goes_on(
    fault: str, code: int, page: Page, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    first, second = start_peer(), start_peer()
    answer_with_socket(webhooks, first.uri)
    webhooks.nccos["disconnected"] = [[connect(second.uri, webhooks.events_url(2))]]
    await page.do("call", voice="speech")
    await page.wait_for_frames(FrameKind.HEARD, 5)
    await page.do("fault", fault=fault)
    closed = await page.wait_for("socket_closed")
    assert (closed["code"], closed["by"], closed["uri"]) == (code, "fault", first.uri)
    moved = await page.wait_for("socket_opened", uri=second.uri)
    assert moved["at"] - closed["at"] < 2
    assert await asyncio.to_thread(first.ended.wait, 5)
    assert first.close_codes == [code]
    heard = len(page.of(FrameKind.HEARD))
    await page.wait_for_frames(FrameKind.HEARD, heard + 10)
    assert (await hang_up(page))["why"] == "hung_up"


async def test_the_next_connect_is_refused_once(page: Page, webhooks: WebhookServer, start_peer: StartPeer) -> None:
    peer = start_peer()
    webhooks.answer_with([{"action": "wait", "timeout": 1}, connect(peer.uri, webhooks.events_url(1))])
    webhooks.nccos["rejected"] = [[connect(peer.uri, webhooks.events_url(2))]]
    await page.do("call", voice="speech")
    await page.wait_for("action_began", number=0)
    await page.do("fault", fault="refuse")
    await page.wait_for("fault_began", fault="refuse")
    refused = await page.wait_for("socket_refused")
    assert (refused["status"], refused["section"]) == ("rejected", "2.5")
    await page.wait_for("fault_ended", fault="refuse")
    await page.wait_for("socket_opened")
    await page.wait_for_frames(FrameKind.HEARD, 5)
    await hang_up(page)


async def test_a_fault_that_nothing_can_happen_to_is_an_error(page: Page, webhooks: WebhookServer) -> None:
    webhooks.answer_with([{"action": "wait", "timeout": 60}])
    await page.do("call", voice="speech")
    await page.wait_for("action_began")
    await page.do("fault", fault="cut")
    assert "no open socket" in (await page.wait_for("error"))["sentence"]
    await hang_up(page)


async def test_an_ncco_that_breaks_a_rule_is_told_with_its_section(page: Page, webhooks: WebhookServer) -> None:
    webhooks.answer_with([{"action": "talk", "text": ""}, {"action": "connect", "endpoint": []}, {"action": "dance"}])
    await page.do("call", voice="speech")
    ended = await page.wait_for("call_ended")
    request = await page.wait_for("request_sent", webhook="answer")
    findings = [event for event in page.named("problem_found") if event["request"] == request["id"]]
    assert [(each["rule"], each["section"]) for each in findings] == [
        ("ncco.talk-text", "2.2"),
        ("ncco.one-endpoint", "2.3"),
        ("ncco.shape", "2.1"),
    ]
    assert all(each["breaks_rule"] for each in findings)
    assert findings[0]["sentence"].startswith("NCCO[0].text must be 1 to 1500 characters")
    assert ended["why"] == "application"
    cited = [f"{each['sentence']} ({each['rule']}; platform.md, {each['section']})" for each in findings]
    assert verdict(page)[0] == cited
    assert (await page.wait_for("ncco_received"))["actions"] == []


async def test_an_ncco_that_nothing_asked_for_is_told_with_its_rule(
    page: Page, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    webhooks.answer_with([connect(start_peer().uri, f"{webhooks.address}/socket-events")])
    webhooks.script("/socket-events", {"status": 200, "body": b'[{"action": "talk", "text": "Hello"}]'})
    await page.do("call", voice="speech")
    finding = await page.wait_for("problem_found")
    assert (finding["rule"], finding["section"], finding["breaks_rule"]) == ("webhooks.no-json-on-events", "5", True)
    assert (await page.wait_for("request_sent", id=finding["request"]))["event_name"] == "ringing"
    await hang_up(page)


async def test_a_message_of_the_wrong_size_ends_the_socket_with_its_rule(
    page: Page, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    answer_with_socket(webhooks, start_peer(lambda connection, frame, number: connection.send(b"short")).uri)
    await page.do("call", voice="speech")
    finding = await page.wait_for("problem_found")
    assert (finding["request"], finding["section"]) == (None, "3.6")
    assert "unexpected frame size 5, when required 640" in finding["sentence"]
    assert (await page.wait_for("socket_closed"))["by"] == "platform"
    assert (await page.wait_for("call_ended"))["why"] == "application"


async def test_the_limit_of_a_connect_ends_its_socket(
    page: Page, webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    webhooks.answer_with([connect(start_peer().uri) | {"limit": 1}])
    await page.do("call", voice="speech")
    closed = await page.wait_for("socket_closed")
    assert (closed["code"], closed["by"]) == (1000, "platform")
    assert (await page.wait_for("call_ended"))["why"] == "application"


async def test_an_application_that_is_down_leaves_the_call_unanswered(page: Page, webhooks: WebhookServer) -> None:
    for path in ("answer", "fallback"):
        webhooks.script(f"/webhooks/{path}", {"status": 500, "body": b"oops"})
    await page.do("call", voice="speech")
    ended = await page.wait_for("call_ended")
    assert ended["why"] == "unanswered"
    assert len(verdict(page)[0]) == 2
    assert [event["status"] for event in page.named("response_received")] == [500, 500]
    assert {event["section"] for event in page.named("problem_found")} == {"6"}


async def test_hanging_up_before_the_answer_ends_the_call(page: Page, webhooks: WebhookServer) -> None:
    webhooks.script("/webhooks/answer", {"hang": True})
    await page.do("call", voice="speech")
    await page.wait_for("request_sent", webhook="answer")
    assert (await hang_up(page))["why"] == "hung_up"
    assert webhooks.events() == []


async def test_secrets_are_shortened(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    endpoint = {"authorization": {"type": "custom", "value": "Bearer very-long-secret"}}
    answer_with_socket(webhooks, start_peer().uri, **endpoint)
    plan = phone_plan(webhooks, application={"signature_secret": SIGNATURE_SECRET})
    url = f"{plan.application.answer_url}?token=secret-of-the-url"
    plan = replace(plan, application=replace(plan.application, answer_url=url))
    async with phone(plan) as port, Page(port) as page:
        await page.do("call", voice="speech")
        await page.wait_for("socket_opened")
        await hang_up(page)
        shown = json.dumps(page.events)
        assert "very-long-secret" not in shown
        assert SIGNATURE_SECRET not in shown
        assert "secret-of-the-url" not in shown
        assert {event["authorization"] for event in page.named("response_received")} == {"Bearer eyJhbG…"}
        assert page.named("ncco_received")[0]["actions"][0]["endpoint"][0]["authorization"] == {
            "type": "custom",
            "value": "Bearer very-l…",
        }


async def test_a_talk_is_told_with_its_text_and_broken_off_by_a_key(page: Page, webhooks: WebhookServer) -> None:
    talk = {"action": "talk", "text": "a long text " * 50, "language": "en-GB", "style": 2, "bargeIn": True}
    collect = {"action": "input", "type": ["dtmf"], "dtmf": {"maxDigits": 1}}
    webhooks.answer_with([talk, collect])
    await page.do("call", voice="speech")
    action = await page.wait_for("action_began", number=0)
    assert action["action"] == talk
    assert action["seconds"] == 40
    await page.wait_for_frames(FrameKind.SAID, 1)
    await page.do("key", digit="1")
    ended = await page.wait_for("action_ended", number=0)
    assert ended["broken_off"] is True
    assert ended["seconds"] < 30
    assert (await page.wait_for("call_ended"))["why"] == "application"


async def test_numbers_of_the_page_go_before_those_of_the_command_line(page: Page, webhooks: WebhookServer) -> None:
    webhooks.answer_with([{"action": "wait", "timeout": 60}])
    await page.do("call", voice="speech", **{"from": "4915112345678", "to": "441234"})
    await page.wait_for("call_answered")
    fields = webhooks.requests[0].fields
    assert (fields["from"], fields["to"]) == ("4915112345678", "441234")
    await hang_up(page)


async def test_the_voice_can_change_in_mid_call(page: Page, webhooks: WebhookServer) -> None:
    webhooks.answer_with([{"action": "wait", "timeout": 60}])
    await page.do("call", voice="microphone")
    said = await page.wait_for_frames(FrameKind.SAID, 5)
    assert not any(any(frame.samples[96:]) for frame in said)
    await page.do("voice", voice="speech")
    spoken = await page.wait_for_frames(FrameKind.SAID, len(page.of(FrameKind.SAID)) + 20)
    assert any(any(frame.samples[96:]) for frame in spoken)
    await hang_up(page)


async def test_calls_follow_each_other_in_one_tab(page: Page, webhooks: WebhookServer, start_peer: StartPeer) -> None:
    answer_with_socket(webhooks, start_peer(echo).uri)
    for number in (1, 2):
        page.frames.clear()
        await page.do("call", voice="speech")
        await page.wait_for_frames(FrameKind.HEARD, 5)
        await page.do("hang_up")
        await page._wait(lambda wanted=number: len(page.named("call_ended")) == wanted, f"the end of call {number}")
    first, second = page.named("call_began")
    assert first["conversation_uuid"] != second["conversation_uuid"]
