"""Hundreds of calls and a platform that opens 3 sockets a second, in simulated time."""

from __future__ import annotations

import itertools
import statistics

import pytest

from tests.webhooks.simulated_fleet import Engine, Platform
from webhooks.settings import WebhooksSettings

CALLS = 240
CONNECTS_PER_SECOND = 3
DRAINED_PER_SECOND = 2.0
NEW_CALLS_PER_SECOND = 0.5
HANG_UPS_PER_SECOND = 0.3


def platform(calls: int = CALLS, **changed: str) -> Platform:
    """Return a platform with calls on three engines; the webhooks have the default settings but for those changed."""
    settings = WebhooksSettings.model_validate(changed)
    platform = Platform(settings, CONNECTS_PER_SECOND)
    for number in range(calls):
        platform.at(number / 2.5, platform.place_call)
    platform.run(calls / 2.5 + 60)
    assert all(len(engine.calls) > 0.3 * calls for engine in platform.engines)
    assert platform.without_socket == []
    platform.forget()
    return platform


def drain(platform: Platform, engine: Engine) -> None:
    """Close an engine's calls at its rate, then let it go; a new engine has taken its place."""
    platform.engines.append(Engine())
    engine.draining = True
    if not engine.calls:
        platform.engines.remove(engine)
    platform.every(1 / DRAINED_PER_SECOND, lambda: platform.close(engine.calls[0]), until=lambda: not engine.calls)


def deploy(platform: Platform) -> float:
    """Replace one engine after the other while callers come and go; return how many seconds that took."""
    old = list(platform.engines)
    done: list[float] = []

    def all_moved() -> bool:
        return not any(engine.calls for engine in old)

    def begin_next() -> None:
        if not any(engine.draining and engine.calls for engine in old) and len(done) < len(old):
            drain(platform, old[len(done)])
            done.append(platform.now)

    platform.every(1.0, begin_next, until=all_moved)
    platform.every(1 / NEW_CALLS_PER_SECOND, platform.place_call, until=all_moved)
    platform.every(1 / HANG_UPS_PER_SECOND, platform.hang_up, until=all_moved)
    return platform.run(3600, until=lambda: all_moved() and not platform.without_socket)


def lost(platform: Platform) -> int:
    """Return how many calls were given up; each of the others has one socket, or its caller has hung up."""
    for engine in platform.engines:
        assert all(call.engine is engine and not call.hung_up for call in engine.calls)
    open_calls = [call for engine in platform.engines for call in engine.calls]
    assert len(open_calls) == len(set(open_calls)) == sum(not call.hung_up for call in platform.calls)
    return sum(call.given_up for call in platform.calls)


def show(what: str, platform: Platform, seconds: float) -> None:
    median, longest = statistics.median(platform.silences), max(platform.silences)
    print(  # noqa: T201
        f"\n{what}: {len(platform.calls)} calls, {lost(platform)} lost, {platform.connects_refused} connects refused, "
        f"{seconds:.0f} s, silence {median:.2f} s in the median, {longest:.1f} s at the longest"
    )


def test_a_rolling_deploy_loses_no_call() -> None:
    simulated = platform()
    seconds = deploy(simulated)
    show("rolling deploy", simulated, seconds)
    assert lost(simulated) == 0
    assert simulated.duplicates_that_differ == 0
    assert len(simulated.calls) > CALLS + 50
    assert sum(call.hung_up for call in simulated.calls) > 25
    assert seconds < 1.1 * CALLS / DRAINED_PER_SECOND
    assert statistics.median(simulated.silences) < 5
    assert simulated.connects_refused < 30  # the webhooks have learned how fast the platform speaks


def test_a_restart_of_the_webhooks_meanwhile_loses_no_call() -> None:
    simulated = platform()
    for restart in range(1, 9):
        simulated.at(30 * restart, simulated.restart_webhooks)
    seconds = deploy(simulated)
    show("rolling deploy, the webhooks restarted every 30 s", simulated, seconds)
    assert lost(simulated) == 0
    assert seconds < 1.1 * CALLS / DRAINED_PER_SECOND


def all_at_once(simulated: Platform) -> float:
    """Close the sockets of all calls, as a restart of Caddy does; return how many seconds the moves took."""
    for call in list(itertools.chain(*(engine.calls for engine in simulated.engines))):
        simulated.close(call)
    return simulated.run(3600, until=lambda: not simulated.without_socket)


def test_calls_that_lose_their_sockets_together_reconnect_at_the_platforms_pace() -> None:
    simulated = platform()
    seconds = all_at_once(simulated)
    show("all sockets closed at once", simulated, seconds)
    assert lost(simulated) == 0
    assert seconds < 1.1 * 1.05 * CALLS / CONNECTS_PER_SECOND


def test_without_pacing_they_are_lost() -> None:
    simulated = platform(calls=150, CONNECTS_PER_SECOND="0")
    seconds = all_at_once(simulated)
    show("all sockets closed at once, without pacing", simulated, seconds)
    assert lost(simulated) > 50
    assert seconds == pytest.approx(30, abs=15)


def test_a_restart_with_hundreds_of_calls_in_line_costs_few_calls() -> None:
    simulated = platform()
    simulated.at(30, simulated.restart_webhooks)
    seconds = all_at_once(simulated)
    show("the same, webhooks restarted after half a minute", simulated, seconds)
    assert lost(simulated) <= 5
    assert seconds < 125
