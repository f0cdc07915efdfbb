from __future__ import annotations

import ipaddress

import pytest

from webhooks.unsigned_rate import Refusal, UnsignedRate

NOW = 1_800_000_000.0


def spent(rate: UnsignedRate, address: str, now: float = NOW) -> int:
    """Return how many answers an address gets at once."""
    count = 0
    while rate.spend(address, now) is None:
        count += 1
    return count


def test_an_address_gets_those_of_a_minute_at_once_and_then_its_rate() -> None:
    rate = UnsignedRate(0, 5)
    assert spent(rate, "a") == 300
    assert rate.spend("a", NOW) == Refusal("address", 1)
    assert spent(rate, "a", NOW + 2) == 10
    assert spent(rate, "a", NOW + 3600) == 300


def test_all_addresses_share_a_limit() -> None:
    rate = UnsignedRate(10, 5)
    assert [spent(rate, address) for address in ("a", "b", "c")] == [300, 300, 0]
    assert rate.spend("c", NOW) == Refusal("all", 1)
    assert spent(rate, "c", NOW + 1) == 10


def test_a_refused_request_takes_nothing() -> None:
    rate = UnsignedRate(10, 5)
    assert spent(rate, "a") == 300
    assert {rate.spend("a", NOW) for _ in range(1000)} == {Refusal("address", 1)}
    assert spent(rate, "b") == 300


def test_a_rate_of_less_than_one_a_minute_gives_one_at_a_time() -> None:
    rate = UnsignedRate(0.001, 0)
    assert spent(rate, "a") == 1
    assert rate.spend("b", NOW) == Refusal("all", 1000)
    assert spent(rate, "b", NOW + 1000) == 1


def test_zero_sets_no_limit() -> None:
    rate = UnsignedRate(0, 0)
    assert {rate.spend("a", NOW) for _ in range(10_000)} == {None}


@pytest.mark.parametrize("jump", [-3600.0, -61.0, 3600.0])
def test_a_clock_that_jumps_refuses_nobody_for_long(jump: float) -> None:
    rate = UnsignedRate(10, 5)
    spent(rate, "a")
    spent(rate, "b")
    assert spent(rate, "a", NOW + jump + 1) >= 5


def test_addresses_are_forgotten() -> None:
    rate = UnsignedRate(10, 5)
    for number in range(100_000):
        rate.spend(str(ipaddress.ip_address(number)), NOW + number / 100)
    assert len(rate) <= 2500
