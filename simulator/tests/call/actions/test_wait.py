from __future__ import annotations

import asyncio
from time import perf_counter

import pytest

from simulator.tests.harness.echo_peer import StartPeer, close
from simulator.tests.harness.placing import FOREVER, FRAMES, SECONDS, connect, place_call, script
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.audio.format import FRAME_SECONDS
from voice_simulator.call.verdict import Outcome


async def test_a_call_waits_before_its_first_socket_and_then_has_all_its_time(
    webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    webhooks.answer_with([{"action": "wait", "timeout": 0.3}, connect(start_peer().uri)])
    start = perf_counter()
    result = await place_call(webhooks)
    assert perf_counter() - start > 0.3 + SECONDS - 0.02
    assert (result.verdict.outcome, result.record.frames.returned) == (Outcome.GOOD, FRAMES)


async def test_the_shortest_wait_is_a_tenth_of_a_second(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with([{"action": "wait", "timeout": 0}, connect(start_peer().uri)])
    start = perf_counter()
    await place_call(webhooks)
    assert perf_counter() - start > 0.1 + SECONDS - 0.02


@pytest.mark.parametrize(
    "action", [{"action": "wait", "timeout": FOREVER}, {"action": "talk", "text": "Wait" * 100}], ids=["wait", "talk"]
)
async def test_who_hangs_up_in_a_wait_or_a_talk_is_not_connected(
    action: dict[str, object], webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    new = start_peer()
    webhooks.answer_with([connect(start_peer(close).uri, webhooks.events_url(1))])
    webhooks.nccos["disconnected"] = [[action, connect(new.uri, webhooks.events_url(2))]]
    result = await place_call(webhooks, script(seconds=0.6), greeting_spoken=True)
    assert (result.verdict.outcome, result.hung_up, result.moves) == (Outcome.GOOD, True, 0)
    assert new.handshake_names == []
    assert all(request.path != "/webhooks/events?attempt=2" for request in webhooks.requests)
    assert webhooks.events()[-1]["status"] == "completed"


async def test_a_call_waits_between_two_sockets(webhooks: WebhookServer, start_peer: StartPeer) -> None:
    webhooks.answer_with([connect(start_peer(close).uri, webhooks.events_url(1))])
    new = [{"action": "wait", "timeout": 0.2}, connect(start_peer().uri, webhooks.events_url(2))]
    webhooks.nccos["disconnected"] = [new]
    result = await place_call(webhooks, script(seconds=0.8))
    assert (result.verdict.outcome, result.moves) == (Outcome.GOOD, 1)
    (gap,) = result.record.frames.gaps
    assert gap > 0.2 - FRAME_SECONDS  # the last frame is heard to its end, though its socket has ended


async def test_a_wait_counts_from_the_answer_however_long_its_events_take(
    webhooks: WebhookServer, start_peer: StartPeer
) -> None:
    webhooks.answer_with([{"action": "wait", "timeout": 1}, connect(start_peer().uri)])
    second_over = asyncio.Event()
    webhooks.script("/webhooks/events", {"after": second_over})
    asyncio.get_running_loop().call_later(1, second_over.set)
    result = await place_call(webhooks)
    assert result.record.frames.first_at is not None
    assert 1 <= result.record.frames.first_at < 2
