"""The phone with the real server: webhooks, front and echo engine, and a page that is no browser."""

from __future__ import annotations

from dataclasses import replace

from simulator.tests.harness.phone import Page, phone, phone_plan
from simulator.tests.harness.webhook_server import webhook_server
from tests.harness.local_run import LocalRun
from voice_simulator.phone.protocol import FrameKind
from voice_simulator.vonage.application import Application

MICROPHONE = [(20.0 * number, bytes([number % 251, 2]) * 320) for number in range(2000)]


async def test_a_call_through_a_stall_a_cut_and_a_key(running: LocalRun) -> None:
    with webhook_server() as unused:
        plan = phone_plan(unused)
    base = f"http://127.0.0.1:{running.port}/webhooks"
    plan = replace(plan, application=Application(f"{base}/answer"))
    async with phone(plan) as port, Page(port) as page:
        page.microphone = list(MICROPHONE)
        await page.do("call", voice="microphone")
        assert (await page.wait_for("action_began", number=0))["action"]["action"] == "talk"
        await page.wait_for_frames(FrameKind.HEARD, 25)

        await page.do("fault", fault="stall", seconds=1)
        ended = await page.wait_for("fault_ended", fault="stall")
        clear = await page.wait_for("cleared")  # the engine drops what has become late
        assert clear["at"] >= ended["at"]

        await page.do("fault", fault="cut")
        closed = await page.wait_for("socket_closed")
        heard = len(page.of(FrameKind.HEARD))
        await page.wait_for_frames(FrameKind.HEARD, heard + 25)

        await page.do("key", digit="1")
        await page.wait_for_figures("lag_ms", 1000, after=closed["at"])
        await page.do("hang_up")
        end = await page.wait_for("call_ended")
    assert (end["why"], page.named("judged")[0]["errors"]) == ("hung_up", [])
    said = {frame.number: frame for frame in page.of(FrameKind.SAID)}
    echoes = page.of(FrameKind.HEARD)
    assert all(echo.samples == said[echo.number].samples for echo in echoes)
    assert [echo.number for echo in echoes] == sorted({echo.number or 0 for echo in echoes})
    assert sum(echo.captured == echo.captured for echo in echoes) > 40  # NaN is no time
